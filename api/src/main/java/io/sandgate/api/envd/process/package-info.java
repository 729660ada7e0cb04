/// `process.Process`: the programs of a sandbox as envd's clients run, reach and end them.
///
/// Starting points:
/// - [io.sandgate.api.envd.process.ProcessService], its procedures
@NullMarked
package io.sandgate.api.envd.process;

import org.jspecify.annotations.NullMarked;
