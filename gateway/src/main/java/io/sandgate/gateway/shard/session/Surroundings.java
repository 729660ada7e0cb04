package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.CloseRule;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.net.URI;
import java.util.Optional;

/// What a session needs of the replica around it. Everything is called on the loop.
public interface Surroundings {

    /// Where the upstream wants to be connected to for a new session, once it is known.
    Optional<URI> gateway();

    /// Whether the events of a shard are handed on; those of others only count as come.
    boolean handsOn(ShardId shard);

    /// A number that no attempt of this replica's had before.
    long nextAttempt();

    /// Asks for a turn to dial; a few sessions at a time have one. The action runs later, never within this call.
    ///
    /// @return gives the turn back, or takes back that it was asked for; may be run more than once
    Runnable turn(Runnable action);

    /// Its state has changed: what it waits for, or what it reports.
    void changed(ShardSession session);

    /// What became of a permit.
    void permitUsed(long permit, ShardId shard, PermitFate fate);

    /// The upstream refuses more than this one connection: all shards, or the number of shards.
    void refused(ShardSession session, CloseRule rule, int code);

    /// An event came, in the order of the session, before it is handed on.
    void seen(ShardSession session, Payload event);

    /// There is a new session, in place of any one before.
    void ready(ShardSession session);

    /// The connection is gone on which requests could be sent.
    void disconnected(ShardSession session);

    /// What can become of a permit to IDENTIFY.
    enum PermitFate {
        /// IDENTIFY was sent.
        USED,
        /// Nothing was sent, and will not be.
        UNUSED,
        /// The upstream answered that it was too early.
        REJECTED
    }
}
