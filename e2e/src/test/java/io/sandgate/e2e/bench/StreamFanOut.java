package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ReplicaProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What one replica needs to tell many subscribers of many events, beside a server that only writes the frames.
///
/// @param latencies of the events, from before they were made until a subscriber had them
/// @param perSecond events that were made
/// @param expected frames, to all subscribers together
/// @param received frames
/// @param microsPerFrame processor time of the replica for one frame, without what making the events takes
/// @param wholeMicrosPerFrame the same with that
/// @param plainMicrosPerFrame of the server that only writes
/// @param frameBytes of one event, with the head of its frame
record StreamFanOut(Latencies latencies, double perSecond, long expected, long received, double microsPerFrame,
        double wholeMicrosPerFrame, double plainMicrosPerFrame, int frameBytes) {

    static final int SUBSCRIBERS = 200;
    static final int PER_SECOND = 2_000;
    private static final int LOOKED_INTO = 16;
    private static final Duration WARM_UP = Duration.ofSeconds(Scale.of(20, 4));
    private static final Duration MEASURED = Duration.ofSeconds(Scale.of(30, 5));
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(20);

    /// Processor time, and the frames that were received for it.
    private record Cost(double nanos, long frames) {
        double microsPerFrame() {
            return frames == 0 ? 0 : nanos / frames / 1e3;
        }
    }

    static StreamFanOut measure(ReplicaProcess replica) throws IOException {
        try (PacedEvents events = new PacedEvents(replica, 0)) {
            events.run(PER_SECOND, WARM_UP.toNanos());
            double without = cpuNanos(replica.pid());
            long madeBefore = events.made();
            events.run(PER_SECOND, MEASURED.toNanos());
            double perEvent = (cpuNanos(replica.pid()) - without) / (events.made() - madeBefore);
            try (StreamSwarm swarm = new StreamSwarm(replica.plan().adminPort(), "", events)) {
                for (int i = 0; i < SUBSCRIBERS; i++) {
                    swarm.open("/events?kind=route", i % (SUBSCRIBERS / LOOKED_INTO) == 0);
                }
                events.run(PER_SECOND, WARM_UP.toNanos());
                settle(swarm);
                events.take();
                return measure(replica, events, swarm, perEvent);
            }
        }
    }

    private static StreamFanOut measure(ReplicaProcess replica, PacedEvents events, StreamSwarm swarm, double perEvent)
            throws IOException {
        long frames = swarm.frames();
        long bytes = swarm.bytes();
        double before = cpuNanos(replica.pid());
        long start = System.nanoTime();
        long made = events.run(PER_SECOND, MEASURED.toNanos());
        double took = System.nanoTime() - start;
        awaitFrames(swarm, frames + SUBSCRIBERS * made);
        double used = cpuNanos(replica.pid()) - before;
        long received = swarm.frames() - frames;
        int frameBytes = Math.toIntExact((swarm.bytes() - bytes) / Math.max(1, received));
        return new StreamFanOut(events.take(), 1e9 * made / took, SUBSCRIBERS * made, received,
                new Cost(used - perEvent * made, received).microsPerFrame(), new Cost(used, received).microsPerFrame(),
                plain(frameBytes).microsPerFrame(), frameBytes);
    }

    private static Cost plain(int frameBytes) throws IOException {
        Progress.say("stream: plain sockets");
        // the head of a frame of this size has four bytes
        try (PlainSocketsProcess plain = PlainSocketsProcess.start(PER_SECOND, frameBytes - 4);
                StreamSwarm swarm = new StreamSwarm(plain.port(), "", message -> {})) {
            for (int i = 0; i < SUBSCRIBERS; i++) {
                swarm.open("/", i % (SUBSCRIBERS / LOOKED_INTO) == 0);
            }
            LockSupport.parkNanos(WARM_UP.toNanos());
            double before = cpuNanos(plain.process().pid());
            long frames = swarm.frames();
            LockSupport.parkNanos(MEASURED.toNanos());
            return new Cost(cpuNanos(plain.process().pid()) - before, swarm.frames() - frames);
        }
    }

    /// What a process has used of the processor so far.
    static double cpuNanos(long pid) {
        return ProcessHandle.of(pid).flatMap(handle -> handle.info().totalCpuDuration()).orElseThrow().toNanos();
    }

    /// Waits until nothing more comes.
    private static void settle(StreamSwarm swarm) {
        long last = -1;
        for (long now = swarm.frames(); now != last; now = swarm.frames()) {
            last = now;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }

    /// Waits until so many came; for a while.
    static void awaitFrames(StreamSwarm swarm, long frames) {
        long start = System.nanoTime();
        while (swarm.frames() < frames && System.nanoTime() - start < GIVE_UP_NANOS) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
