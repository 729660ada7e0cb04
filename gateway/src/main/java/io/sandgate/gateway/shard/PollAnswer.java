package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.assign.Orders;
import io.sandgate.gateway.shard.pacing.Permit;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// What the leader answers to a [Poll].
///
/// @param term of its reign
/// @param orders which shards the member has
/// @param permits to IDENTIFY
/// @param plan which shards there are
/// @param gateway where the upstream is reached, once it is known
/// @param halted why no shard may connect, in words; empty when they may
record PollAnswer(long term, Orders orders, List<Permit> permits, Plan plan, Optional<URI> gateway, String halted) {}
