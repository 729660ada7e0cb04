package io.sandgate.gateway.shard.backfill;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Guilds of one shard that are to be asked for, each once, in the order in which they may be.
final class GuildQueue {

    /// A guild that waits.
    ///
    /// @param tries how often it was asked for without an answer
    /// @param readyAt not before that moment, in nanoseconds
    record Waiting(long guild, int tries, long readyAt, long order) {}

    private static final Comparator<Waiting> FIRST_READY = (one, other) -> {
        int byTime = Long.signum(one.readyAt() - other.readyAt());
        return byTime != 0 ? byTime : Long.compare(one.order(), other.order());
    };

    private final int bound;
    private final Map<Long, Waiting> waiting = new HashMap<>();
    private final Queue<Waiting> byTime = new PriorityQueue<>(FIRST_READY);
    private long orders;

    /// @param bound most guilds in it
    GuildQueue(int bound) {
        this.bound = bound;
    }

    /// Adds a guild, or moves it when it is in the queue.
    ///
    /// @return false when there is no room for it
    boolean put(long guild, int tries, long readyAt) {
        remove(guild);
        if (waiting.size() == bound) {
            return false;
        }
        Waiting added = new Waiting(guild, tries, readyAt, orders++);
        waiting.put(guild, added);
        byTime.add(added);
        return true;
    }

    /// Lets the first guild wait until a later moment.
    void defer(Waiting first, long readyAt) {
        put(first.guild(), first.tries(), readyAt);
    }

    /// The first guild that may be asked for at that moment; it stays in the queue.
    @Nullable
    Waiting firstReady(long now) {
        Waiting first = byTime.peek();
        return first == null || first.readyAt() - now > 0 ? null : first;
    }

    boolean contains(long guild) {
        return waiting.containsKey(guild);
    }

    void remove(long guild) {
        Waiting removed = waiting.remove(guild);
        if (removed == null) {
            return;
        }
        if (removed.equals(byTime.peek())) {
            byTime.remove();
        } else {
            byTime.remove(removed);
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }
}
