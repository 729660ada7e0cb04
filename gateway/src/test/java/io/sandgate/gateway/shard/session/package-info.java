/// Tests of sessions on virtual time, with an upstream, a sink and surroundings that do as they are told.
///
/// Starting point: [io.sandgate.gateway.shard.session.Bench].
@NullMarked
package io.sandgate.gateway.shard.session;

import org.jspecify.annotations.NullMarked;
