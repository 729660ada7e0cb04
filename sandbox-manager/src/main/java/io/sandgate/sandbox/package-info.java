/// What a sandbox is and does: lifecycle, deadlines, records. The database in the data directory is the truth about
/// which sandboxes there are; what runs is found again by the driver; the route table elsewhere only follows.
///
/// Starting points:
/// - [io.sandgate.sandbox.SandboxManager], what callers see
/// - [io.sandgate.sandbox.Cell], which calls a sandbox allows and which wait for each other
/// - [io.sandgate.sandbox.Lifecycle], the steps of each change and what undoes them
@NullMarked
package io.sandgate.sandbox;

import org.jspecify.annotations.NullMarked;
