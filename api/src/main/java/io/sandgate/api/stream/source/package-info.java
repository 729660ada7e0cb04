/// What feeds the event log of a replica, and what is kept of the lifecycle of sandboxes.
///
/// Starting points: [io.sandgate.api.stream.source.Sources], all that a replica tells of;
/// [io.sandgate.api.stream.source.LifecycleHistory], the latest events of sandboxes for lists.
@NullMarked
package io.sandgate.api.stream.source;

import org.jspecify.annotations.NullMarked;
