/// The program `sandgate`: its entry point, and the composition root that wires a replica together.
///
/// Starting points:
/// - [io.sandgate.api.Sandgate]: the entry point.
/// - [io.sandgate.api.Replica]: the wiring.
@NullMarked
package io.sandgate.api;

import org.jspecify.annotations.NullMarked;
