package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a pacer looks like at one moment, for people.
///
/// @param keys the identify windows, by their keys from 0
/// @param budget what may still be started; empty before the upstream was asked
/// @param margin what is added to each window now
/// @param capped shards that wait until fewer of their IDENTIFYs are in the last 24 hours
public record PacingView(List<Key> keys, Optional<Budget> budget, Duration margin, List<ShardId> capped) {

    /// One identify window.
    ///
    /// @param waiting shards in its queue
    /// @param opensIn until the next one may go, unless more is heard; zero when one may go now
    /// @param holder who has its permit
    public record Key(int key, int waiting, Duration opensIn, Optional<Holder> holder) {}

    /// A member that has a permit, for a shard.
    public record Holder(String member, ShardId shard) {}

    /// What may still be started.
    ///
    /// @param total starts in one period
    /// @param remaining starts left, without those of permits that the upstream may not have counted
    /// @param reserve of those left, how many are only for shards without a session
    /// @param resetIn until the next period
    public record Budget(int total, int remaining, int reserve, Duration resetIn) {}
}
