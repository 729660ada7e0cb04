package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.sink.EventSink;
import io.sandgate.proxy.replicate.Loop;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What all sessions of a replica share.
///
/// @param self the id of the replica
/// @param settings how they connect
/// @param loop the one that they are confined to
/// @param random for jitter
/// @param upstream opens their connections
/// @param sink takes their events
/// @param surroundings the replica around them
/// @param timeOfDay in milliseconds
/// @param meters what is counted of them
public record SessionContext(String self, SessionSettings settings, Loop loop, RandomGenerator random,
        Upstream upstream,
        EventSink sink, Surroundings surroundings, LongSupplier timeOfDay, SessionMeters meters) {}
