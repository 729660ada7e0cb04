package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ReplicaProcess;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// How fast one subscriber gets all that is stored, and what the live ones notice of it.
///
/// @param stored events
/// @param perSecond of the subscriber that gets them, the median of several
/// @param without the latencies of live events while nobody gets stored ones
/// @param with the latencies while somebody does
record StreamReplay(int stored, double perSecond, Latencies without, Latencies with) {

    static final int EVENTS = Scale.of(1_000_000, 100_000);
    static final int LIVE = 20;
    static final int LIVE_PER_SECOND = 500;
    /// So that one pause of the collector does not decide.
    private static final int ROUNDS = 15;
    private static final int BATCH = 1_000;
    private static final long GIVE_UP_NANOS = TimeUnit.MINUTES.toNanos(2);

    static StreamReplay measure(ReplicaProcess replica) {
        fill(replica);
        double[] rates = new double[ROUNDS];
        try (PacedEvents events = new PacedEvents(replica, 2);
                StreamSwarm live = new StreamSwarm(replica.plan().adminPort(), "", events);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < LIVE; i++) {
                live.open("/events?kind=route", i % 4 == 0);
            }
            CompletableFuture<Long> running = CompletableFuture
                    .supplyAsync(() -> events.run(LIVE_PER_SECOND, Long.MAX_VALUE), thread);
            replay(replica);
            events.take();
            LockSupport.parkNanos(Duration.ofSeconds(Scale.of(15, 3)).toNanos());
            Latencies without = events.take();
            for (int round = 0; round < ROUNDS; round++) {
                Progress.say("stream: replay %d of %d".formatted(round + 1, ROUNDS));
                rates[round] = replay(replica);
            }
            Latencies with = events.take();
            events.stop();
            running.join();
            return new StreamReplay(EVENTS, Median.of(Arrays.stream(rates)), without, with);
        }
    }

    private static void fill(ReplicaProcess replica) {
        Progress.say("stream: %d events to store".formatted(EVENTS));
        try (RouteFeeder feeder = RouteFeeder.atPeer(replica)) {
            for (int i = 0; i < EVENTS; i += BATCH) {
                feeder.changeOwn(1, "127.127.0.9", i + 1, BATCH);
            }
        }
    }

    /// Gives how many a second.
    private static double replay(ReplicaProcess replica) {
        try (StreamSwarm one = new StreamSwarm(replica.plan().adminPort(), "", message -> {})) {
            long start = System.nanoTime();
            one.open("/events?kind=route&after=oldest", false);
            while (one.frames() < EVENTS) {
                if (System.nanoTime() - start > GIVE_UP_NANOS || one.ended() > 0) {
                    throw new AssertionError(one.frames() + " of " + EVENTS + " stored events came");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            return 1e9 * EVENTS / (System.nanoTime() - start);
        }
    }
}
