package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.Payload;
import java.util.ArrayDeque;
import java.util.Queue;

/// Events that came while the lease was not fresh: what had been read before reading stopped. They wait for the lease.
final class Inbox {
    /// More are not kept: the upstream sends them again after a RESUME.
    private static final int MOST_EVENTS = 256;
    private static final int MOST_BYTES = 1 << 20;

    private final Queue<Payload> events = new ArrayDeque<>();
    private int bytes;

    /// Whether it was taken; not when there are too many.
    boolean offer(Payload event) {
        if (events.size() >= MOST_EVENTS || bytes >= MOST_BYTES) {
            return false;
        }
        bytes += event.data().length();
        return events.add(event);
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /// Takes the first one out; there must be one.
    Payload remove() {
        Payload event = events.remove();
        bytes -= event.data().length();
        return event;
    }

    void clear() {
        events.clear();
        bytes = 0;
    }
}
