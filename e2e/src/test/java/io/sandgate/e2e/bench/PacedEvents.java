package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ReplicaProcess;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Events at a steady rate, each of which says when its making began.
///
/// Each is a version of one route, and the version is the time in microseconds: so what is measured has the whole call in
/// it by which the event is made. Reads the times as a sink of messages too. [#run] is for one thread; the rest is safe for
/// any.
final class PacedEvents implements Consumer<byte[]>, AutoCloseable {

    private static final byte[] VERSION = "\"version\":".getBytes(StandardCharsets.US_ASCII);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final String ADDRESS = "127.127.0.9";

    private final RouteFeeder feeder;
    private final int route;
    private final long began = System.nanoTime();
    private final AtomicLong made = new AtomicLong();
    private volatile Latencies latencies = new Latencies();
    private volatile boolean over;
    private long version;

    /// @param route the number of the route
    PacedEvents(ReplicaProcess replica, int route) {
        this.feeder = RouteFeeder.atPeer(replica);
        this.route = route;
    }

    /// Makes so many events a second for so long, or until it is told to stop.
    ///
    /// @return how many that were
    long run(int perSecond, long forNanos) {
        over = false;
        long start = System.nanoTime();
        long done = 0;
        for (long now = start; now - start < forNanos && !over; now = System.nanoTime()) {
            long due = perSecond * (now - start) / 1_000_000_000 - done;
            if (due > 0) {
                long first = Math.max(version + 1, micros());
                feeder.changeOwn(route, ADDRESS, first, (int) due);
                version = first + due;
                done += due;
                made.addAndGet(due);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return done;
    }

    /// Lets a run end.
    void stop() {
        over = true;
    }

    private long micros() {
        return (System.nanoTime() - began) / 1_000;
    }

    /// How many it made in all its runs.
    long made() {
        return made.get();
    }

    /// How long the events took since the last time that this was called.
    Latencies take() {
        Latencies taken = latencies;
        latencies = new Latencies();
        return taken;
    }

    @Override
    public void accept(byte[] message) {
        long sent = version(message);
        if (sent > 0) {
            latencies.add(1_000 * (micros() - sent));
        }
    }

    /// The version in a message; 0 when there is none.
    private static long version(byte[] message) {
        for (int at = 0; at + VERSION.length < message.length; at++) {
            if (message[at] == '"' && matches(message, at)) {
                long number = 0;
                for (int i = at + VERSION.length; i < message.length; i++) {
                    byte digit = message[i];
                    if (digit >= '0' && digit <= '9') {
                        number = 10 * number + digit - '0';
                    } else if (digit != '"' || number > 0) {
                        break;
                    }
                }
                return number;
            }
        }
        return 0;
    }

    private static boolean matches(byte[] message, int at) {
        for (int i = 0; i < VERSION.length; i++) {
            if (message[at + i] != VERSION[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        feeder.close();
    }
}
