package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.backfill.SweepCursor;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.vertx.core.json.JsonArray;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How far the sweep has come with each shard, here and at other replicas. Of each shard the furthest place is kept: a sweep
/// only goes on, whoever has the shard.
///
/// Confined to the loop. Bounded: by the shards of the present number, once that is known, and by a fixed number.
final class SweepCursors {
    private static final Comparator<SweepCursor> FURTHER = Comparator.comparingLong(SweepCursor::wraps)
            .thenComparingLong(SweepCursor::lastGuild);
    private static final int MOST = 200_000;

    private final Map<ShardId, SweepCursor> furthest = new HashMap<>();
    private final Map<ShardId, SweepCursor> moved = new HashMap<>();
    private boolean changed;

    /// Notes what this replica's own sweep says.
    void moved(SweepCursor cursor) {
        learn(cursor);
        moved.put(cursor.shard(), cursor);
    }

    /// Notes what was on disk, or what another replica says.
    void learn(SweepCursor cursor) {
        SweepCursor known = furthest.get(cursor.shard());
        if (known == null ? furthest.size() < MOST : FURTHER.compare(cursor, known) > 0) {
            furthest.put(cursor.shard(), cursor);
            changed = true;
        }
    }

    /// Where a shard's sweep goes on.
    SweepCursor of(ShardId shard) {
        return furthest.getOrDefault(shard, SweepCursor.start(shard));
    }

    /// What is known of some shards.
    List<SweepCursor> find(Collection<ShardId> shards) {
        return shards.stream().filter(furthest::containsKey).map(this::of).toList();
    }

    /// Those that others may not know, which they are told now.
    List<SweepCursor> takeMoved() {
        List<SweepCursor> taken = List.copyOf(moved.values());
        moved.clear();
        return taken;
    }

    /// Lets all that is known count as moved: somebody may not have heard it.
    void repeat() {
        moved.putAll(furthest);
    }

    /// All of them, if something changed since the last call.
    Optional<List<SweepCursor>> takeChanges() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        return Optional.of(List.copyOf(furthest.values()));
    }

    /// Forgets the shards of all other numbers of shards.
    void keep(int count) {
        changed |= furthest.keySet().removeIf(shard -> shard.count() != count);
        moved.keySet().removeIf(shard -> shard.count() != count);
    }

    /// Cursors as JSON, between replicas and on disk: an array of numbers for each.
    static JsonArray write(Collection<SweepCursor> cursors) {
        return PollJson.list(cursors,
                cursor -> PollJson.shard(cursor.shard()).add(cursor.lastGuild()).add(cursor.wraps()));
    }

    /// @throws IllegalArgumentException when one of them is none
    static List<SweepCursor> read(JsonArray array) {
        try {
            return PollJson.each(array,
                    cursor -> new SweepCursor(PollJson.shard(cursor), cursor.getLong(2), cursor.getLong(3)));
        } catch (NullPointerException | ClassCastException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("sweep cursors: one is none (expected: arrays of four numbers)", e);
        }
    }
}
