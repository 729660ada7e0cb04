/// Changes to the directories of all sandboxes, through a few queues of the kernel, each with one thread of the replica,
/// which are there while somebody watches.
///
/// Starting points:
/// - [io.sandgate.sandbox.runtime.watch.Watchers], where a watch begins
/// - [io.sandgate.sandbox.runtime.watch.WatchLane], one queue
/// - [io.sandgate.sandbox.runtime.watch.WatchedTree], what one watch knows
@NullMarked
package io.sandgate.sandbox.runtime.watch;

import org.jspecify.annotations.NullMarked;
