package io.sandgate.gateway.shard.record;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The records that a replica has: of its own sessions, and copies of others'. Of each shard the newest is kept.
///
/// Confined to one thread. Bounded by the shards that there are: those of sessions that cannot be resumed any more are
/// dropped by [#dropOlderThan].
public final class SessionRecords {
    private final Map<ShardId, SessionRecord> newest = new HashMap<>();
    private boolean changed;

    /// Keeps a record if it is newer than what is known of its shard.
    ///
    /// @return whether it was
    public boolean put(SessionRecord record) {
        SessionRecord known = newest.get(record.shard());
        if (known != null && !record.isNewerThan(known)) {
            return false;
        }
        newest.put(record.shard(), record);
        changed = true;
        return true;
    }

    /// Forgets the session of a shard, unless it is of a later owner.
    public void forget(ShardId shard, long epoch) {
        SessionRecord known = newest.get(shard);
        if (known != null && known.epoch() <= epoch) {
            newest.remove(shard);
            changed = true;
        }
    }

    /// What is known of a shard's session.
    public Optional<SessionRecord> find(ShardId shard) {
        return Optional.ofNullable(newest.get(shard));
    }

    /// What is known of some shards' sessions.
    public List<SessionRecord> find(Collection<ShardId> shards) {
        return shards.stream().flatMap(shard -> find(shard).stream()).toList();
    }

    /// All of them.
    public List<SessionRecord> all() {
        return List.copyOf(newest.values());
    }

    /// All of them, if something changed since the last call.
    public Optional<List<SessionRecord>> takeChanges() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        return Optional.of(all());
    }

    /// Drops those that nobody could resume any more.
    ///
    /// @param now in milliseconds of the time of day
    public void dropOlderThan(Duration life, long now) {
        changed |= newest.values().removeIf(record -> now - record.updatedAt() >= life.toMillis());
    }
}
