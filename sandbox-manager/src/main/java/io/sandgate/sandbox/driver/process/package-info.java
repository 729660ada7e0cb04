/// Sandboxes as directories and process trees of this machine, each with a loopback address of its own. Files and
/// addresses belong to the sandbox, processes are found in `/proc`, and everything outlives the replica.
///
/// Starting points:
/// - [io.sandgate.sandbox.driver.process.ProcessDriver], the driver
/// - [io.sandgate.sandbox.driver.process.ProcessTable], which process belongs to which sandbox
@NullMarked
package io.sandgate.sandbox.driver.process;

import org.jspecify.annotations.NullMarked;
