/// What keeps a sandbox apart from the machine and from other sandboxes: namespaces by bubblewrap, a filter of system
/// calls, limits by control groups, and a network of its own.
///
/// Starting points:
/// - [io.sandgate.sandbox.isolation.Isolation], what this machine can do of it
/// - [io.sandgate.sandbox.isolation.Bubblewrap], how a sandbox' first process is started
@NullMarked
package io.sandgate.sandbox.isolation;

import org.jspecify.annotations.NullMarked;
