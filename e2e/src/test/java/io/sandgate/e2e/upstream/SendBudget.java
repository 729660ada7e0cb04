package io.sandgate.e2e.upstream;

import java.util.ArrayDeque;
import java.util.Deque;

/// What one connection sent within the last window. Times are in nanoseconds.
final class SendBudget {
    private final Deque<Long> sent = new ArrayDeque<>();

    /// Counts a message; false when the window has as many as it may without it.
    boolean take(long now, int limit, long window) {
        while (!sent.isEmpty() && now - sent.getFirst() >= window) {
            sent.removeFirst();
        }
        if (sent.size() >= limit) {
            return false;
        }
        sent.add(now);
        return true;
    }
}
