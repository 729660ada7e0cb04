package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.Frames;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.SendBudget;
import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The heartbeats of one connection: the first after a part of the interval chosen at random, then one in each interval. When one
/// is due and the last one was not acknowledged, the connection is dead, whatever TCP says of it.
///
/// An acknowledgement that could not be seen is not missed: while nothing is read, and when this process was held up so that
/// the heartbeat that is due is late.
final class Heartbeats {

    /// What a heartbeat says of the events that came.
    @FunctionalInterface
    interface Sequence {
        /// That of the last one; -1 before the first.
        long ofLastEvent();
    }

    private static final long MIN_INTERVAL_MILLIS = 100;
    private static final long MAX_INTERVAL_MILLIS = Duration.ofHours(1).toMillis();

    private final Loop loop;
    private final Upstream.Connection connection;
    private final SendBudget budget;
    private final Duration window;
    private final Sequence sequence;
    private final Runnable dead;
    private Duration interval = Duration.ZERO;
    private Loop.@Nullable Timer timer;
    private long dueAt;
    private boolean reading = true;
    /// Whether the last one waits for its acknowledgement, and all of that time was read.
    private boolean unanswered;
    private long sentAt;
    private long answeredAt;
    private OptionalLong latency = OptionalLong.empty();
    /// When one that the upstream asked for took a send that was set apart.
    private OptionalLong borrowedAt = OptionalLong.empty();

    /// @param window of the budget
    Heartbeats(Loop loop, Upstream.Connection connection, SendBudget budget, Duration window, Sequence sequence,
            Runnable dead) {
        this.loop = loop;
        this.connection = connection;
        this.budget = budget;
        this.window = window;
        this.sequence = sequence;
        this.dead = dead;
    }

    /// The interval that a HELLO asks for.
    static Duration interval(Payload hello) throws BadFrameException {
        Object value = hello.object().getValue("heartbeat_interval");
        if (value instanceof Number number && number.longValue() >= MIN_INTERVAL_MILLIS
                && number.longValue() <= MAX_INTERVAL_MILLIS) {
            return Duration.ofMillis(number.longValue());
        }
        String text = String.valueOf(value);
        throw new BadFrameException("heartbeat_interval: " + text.substring(0, Math.min(text.length(), 40))
                + " (expected: " + MIN_INTERVAL_MILLIS + "-" + MAX_INTERVAL_MILLIS + " ms)");
    }

    void start(Duration every, RandomGenerator random) {
        interval = every;
        answeredAt = loop.nanoTime();
        schedule(Duration.ofNanos((long) (random.nextDouble() * every.toNanos())));
    }

    private void schedule(Duration delay) {
        dueAt = loop.nanoTime() + delay.toNanos();
        timer = loop.after(delay, this::due);
    }

    private void due() {
        long now = loop.nanoTime();
        boolean late = now - dueAt > interval.toNanos() / 4;
        if (unanswered && !late) {
            dead.run();
            return;
        }
        if (budget.tryHeartbeat(now)) {
            send();
            unanswered = reading;
            sentAt = now;
        }
        schedule(interval);
    }

    /// Sends one now, as the upstream asked; the next one is due when it was. An upstream that asks more often than there are
    /// sends for it is not answered each time, so that those that are due can be sent.
    void asked() {
        long now = loop.nanoTime();
        if (budget.trySend(now)) {
            send();
        } else if ((borrowedAt.isEmpty() || now - borrowedAt.getAsLong() >= window.toNanos())
                && budget.tryHeartbeat(now)) {
            borrowedAt = OptionalLong.of(now);
            send();
        }
    }

    private void send() {
        connection.send(Frames.heartbeat(sequence.ofLastEvent()));
    }

    /// Notes an acknowledgement.
    ///
    /// @return nanoseconds since the heartbeat that it answers, when it was that one that was due
    OptionalLong acknowledged() {
        answeredAt = loop.nanoTime();
        if (!unanswered) {
            return OptionalLong.empty();
        }
        unanswered = false;
        latency = OptionalLong.of(answeredAt - sentAt);
        return latency;
    }

    /// Whether what the upstream sends is being read.
    void reading(boolean now) {
        reading = now;
        unanswered = false;
    }

    /// Whether HELLO came, so that there are some.
    boolean areRunning() {
        return !interval.isZero();
    }

    /// Nanoseconds between a heartbeat and its acknowledgement, of the last one that was acknowledged.
    OptionalLong latency() {
        return latency;
    }

    /// Nanoseconds since the last acknowledgement.
    long age() {
        return loop.nanoTime() - answeredAt;
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
