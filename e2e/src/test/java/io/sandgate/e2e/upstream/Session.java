package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Dispatch.Told;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One session: its events, numbered from 1 without a hole, of which the last ones can be replayed, and the connection that has
/// it at present. Confined to the loop.
final class Session {
    private final String id;
    private final Shard shard;
    private final long intents;
    private final ConnectionQuery query;
    private final Deque<Dispatch> replayable = new ArrayDeque<>();
    private int[] numbers = new int[64];
    private int last;
    private @Nullable Connection connection;
    private long resumableSince;
    private String ended = "";

    Session(String id, Shard shard, long intents, ConnectionQuery query) {
        this.id = id;
        this.shard = shard;
        this.intents = intents;
        this.query = query;
    }

    String id() {
        return id;
    }

    Shard shard() {
        return shard;
    }

    boolean intends(long intent) {
        return (intents & intent) != 0;
    }

    ConnectionQuery query() {
        return query;
    }

    long last() {
        return last;
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    void connection(@Nullable Connection next) {
        connection = next;
    }

    /// When its last connection left it, in nanoseconds.
    long resumableSince() {
        return resumableSince;
    }

    void resumableSince(long now) {
        resumableSince = now;
    }

    boolean hasEnded() {
        return !ended.isEmpty();
    }

    void end(String reason) {
        ended = reason;
        connection = null;
        replayable.clear();
    }

    /// Gives the session its next event, which waits for a replay when there is no connection.
    void give(Dispatch event, int replayDepth) {
        last++;
        if (last >= numbers.length) {
            numbers = Arrays.copyOf(numbers, numbers.length * 2);
        }
        numbers[last] = event.number();
        replayable.add(event);
        while (replayable.size() > replayDepth) {
            replayable.remove();
        }
        if (connection != null) {
            connection.send(event.message(last));
        }
    }

    boolean canReplay(long sequence) {
        return sequence >= last - replayable.size();
    }

    /// Sends what came after a sequence, in order.
    ///
    /// @return how many events
    int replay(long sequence, Connection to) {
        long next = last - replayable.size() + 1L;
        int sent = 0;
        for (Dispatch event : replayable) {
            if (next > sequence) {
                to.send(event.message(next));
                sent++;
            }
            next++;
        }
        return sent;
    }

    /// The oldest event that can be replayed, once more.
    String oldest() {
        Dispatch event = replayable.isEmpty() ? new Told("TYPING_START", "{}") : replayable.getFirst();
        return event.message(Math.max(1, last - replayable.size() + 1L));
    }

    SessionSeen seen() {
        return new SessionSeen(id, shard, last,
                Optional.ofNullable(connection).map(Connection::number), ended);
    }

    SentEvents sent() {
        return new SentEvents(seen(), Arrays.copyOf(numbers, last + 1));
    }
}
