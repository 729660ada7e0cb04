package io.sandgate.gateway.shard.protocol;

import java.time.Duration;

/// How much may be sent over one connection: the upstream closes it on the 121st payload within 60 s, heartbeats and all.
///
/// Each time of a send is kept until it is older than the window, so that no stretch of that length has more. What heartbeats
/// will need is set apart: [#trySend] leaves it, [#tryHeartbeat] uses it up. Confined to one thread.
public final class SendBudget {
    /// What the upstream allows in one window.
    private static final int ALLOWED = 120;
    /// Before the interval is known: the first heartbeat, and one that is asked for.
    private static final int FIRST_RESERVE = 2;

    private final int limit;
    private final long window;
    /// A ring of the times of the sends within the window, the oldest at `first`.
    private final long[] times = new long[ALLOWED];
    private int first;
    private int used;
    private int reserve = FIRST_RESERVE;

    /// @param limit sends in a window, at most 120: less, for clocks and networks that stretch
    /// @param window how long the upstream counts, 60 s
    public SendBudget(int limit, Duration window) {
        if (limit <= FIRST_RESERVE || limit > ALLOWED) {
            throw new IllegalArgumentException(
                    "send limit: " + limit + " (expected: " + (FIRST_RESERVE + 1) + "-" + ALLOWED + ")");
        }
        if (!window.isPositive()) {
            throw new IllegalArgumentException("send window: " + window + " (expected: more than nothing)");
        }
        this.limit = limit;
        this.window = window.toNanos();
    }

    /// Sets apart what heartbeats will need in one window, and one that is asked for; at least one send is left for the rest.
    public void heartbeatEvery(Duration interval) {
        if (!interval.isPositive()) {
            throw new IllegalArgumentException("heartbeat interval: " + interval + " (expected: more than nothing)");
        }
        reserve = (int) Math.min(limit - 1L, Math.ceilDiv(window, interval.toNanos()) + 1);
    }

    /// Takes a heartbeat's send. When there is none, something sends far too many: reason for an alarm.
    public boolean tryHeartbeat(long now) {
        return take(now, ALLOWED);
    }

    /// Takes a send for anything else.
    public boolean trySend(long now) {
        return take(now, limit - reserve);
    }

    /// Nanoseconds until [#trySend] succeeds if nothing else is sent, 0 when it does now.
    public long nextSend(long now) {
        int tooMany = used(now) - (limit - reserve);
        return tooMany < 0 ? 0 : times[(first + tooMany) % ALLOWED] + window - now;
    }

    /// Sends within the window that ends now.
    public int used(long now) {
        while (used > 0 && now - times[first] >= window) {
            first = (first + 1) % ALLOWED;
            used--;
        }
        return used;
    }

    private boolean take(long now, int most) {
        if (used(now) >= most) {
            return false;
        }
        times[(first + used) % ALLOWED] = now;
        used++;
        return true;
    }
}
