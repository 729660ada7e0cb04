/// One shard's connection to the upstream: dial, HELLO, heartbeats, IDENTIFY or RESUME, events, and what follows from its end.
///
/// Starting points: [io.sandgate.gateway.shard.session.ShardSession], which the replica has for each of its shards;
/// `Course`, which has the states and the ways between them; `Ends`, which says what each end of a connection means; and
/// [io.sandgate.gateway.shard.session.Upstream], which connects.
@NullMarked
package io.sandgate.gateway.shard.session;

import org.jspecify.annotations.NullMarked;
