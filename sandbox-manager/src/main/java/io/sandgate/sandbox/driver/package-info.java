/// Where sandboxes run. A driver turns a launch order into something that listens at an address, and freezes, thaws and
/// ends it; it knows no deadlines, owners or routes.
///
/// Starting points:
/// - [io.sandgate.sandbox.driver.SandboxDriver], the contract
/// - [io.sandgate.sandbox.driver.Template], what a sandbox is made from
@NullMarked
package io.sandgate.sandbox.driver;

import org.jspecify.annotations.NullMarked;
