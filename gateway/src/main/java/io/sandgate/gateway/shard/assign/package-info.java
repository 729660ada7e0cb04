/// Which member of the cluster holds which shard, as the leader decides it.
///
/// Starting point: [io.sandgate.gateway.shard.assign.Assignments].
@NullMarked
package io.sandgate.gateway.shard.assign;

import org.jspecify.annotations.NullMarked;
