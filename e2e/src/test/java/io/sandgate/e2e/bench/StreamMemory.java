package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.EventSettings;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What open sockets that have nothing to do, and those whose clients hang, keep in a replica's memory.
///
/// @param connections heap of one idle connection of a client, in bytes
/// @param subscribers heap of one idle subscriber of events
/// @param stalled heap and other memory of one subscriber that reads nothing while others get events
record StreamMemory(double connections, double subscribers, double stalled) {

    static final int IDLE = Scale.of(10_000, 1_000);
    /// So many that what the process has in reserve does not hide them.
    static final int STALLED = 500;
    static final int READING = 50;
    static final int EVENTS_MISSED = 20_000;
    private static final int WARM_UP = 500;
    private static final String KEY = "X-API-Key: " + ClusterProcesses.KEY + "\r\n";
    private static final int BATCH = 1_000;

    static StreamMemory measure() throws IOException {
        double connections;
        double subscribers;
        try (ClusterProcesses cluster = ClusterProcesses.of(1).set("api.rate-limit", "0")
                .set(EventSettings.manySubscribers())
                .named("StreamBench-idle").start()) {
            ReplicaProcess replica = cluster.replica(1);
            Progress.say("stream: %d idle connections".formatted(IDLE));
            connections = idle(replica, replica.plan().publicPort(), KEY, "/connections/ws?client=idle-");
            Progress.say("stream: %d idle subscribers".formatted(IDLE));
            subscribers = idle(replica, replica.plan().adminPort(), "", "/events?sandbox=inobody");
        }
        return new StreamMemory(connections, subscribers, measureStalled());
    }

    private static double idle(ReplicaProcess replica, int port, String headers, String path) throws IOException {
        open(port, headers, path, WARM_UP).close();
        settle();
        long before = ProcessMemory.liveHeap(replica.pid());
        try (StreamSwarm swarm = open(port, headers, path, IDLE)) {
            settle();
            double each = (ProcessMemory.liveHeap(replica.pid()) - before) / (double) IDLE;
            if (swarm.ended() > 0) {
                throw new AssertionError(swarm.ended() + " idle sockets of " + path + " were closed");
            }
            return each;
        }
    }

    private static StreamSwarm open(int port, String headers, String path, int count) {
        StreamSwarm swarm = new StreamSwarm(port, headers, message -> {});
        for (int i = 0; i < count; i++) {
            // what a path does not count by its end, it counts by nothing
            swarm.open(path.endsWith("-") ? path + i : path, false);
        }
        return swarm;
    }

    /// With a heap that is all there from the start, so that what else grows is not of it.
    private static double measureStalled() throws IOException {
        try (ClusterProcesses cluster = ClusterProcesses.of(1).late(1).set("api.rate-limit", "0")
                .set(EventSettings.stalledForLong())
                .named("StreamBench-stalled").start()) {
            ReplicaProcess replica = cluster.replica(1).start("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch",
                    "-XX:+UseSerialGC").awaitReady();
            int port = replica.plan().adminPort();
            try (RouteFeeder feeder = RouteFeeder.atPeer(replica);
                    StreamSwarm swarm = new StreamSwarm(port, "",
                            message -> {})) {
                for (int i = 0; i < READING; i++) {
                    swarm.open("/events?kind=route", false);
                }
                feed(feeder, 0);
                feed(feeder, 1);
                StreamFanOut.awaitFrames(swarm, 2L * READING * EVENTS_MISSED);
                long heap = ProcessMemory.liveHeap(replica.pid());
                long resident = ProcessMemory.resident(replica.pid());
                Progress.say("stream: %d stalled readers".formatted(STALLED));
                for (int i = 0; i < STALLED; i++) {
                    swarm.openStalled("/events?kind=route");
                }
                feed(feeder, 2);
                StreamFanOut.awaitFrames(swarm, 3L * READING * EVENTS_MISSED);
                long more = ProcessMemory.liveHeap(replica.pid()) - heap
                        + ProcessMemory.resident(replica.pid()) - resident;
                return more / (double) STALLED;
            }
        }
    }

    private static void feed(RouteFeeder feeder, int route) {
        for (int i = 0; i < EVENTS_MISSED; i += BATCH) {
            feeder.changeOwn(route, "127.127.0.9", i + 1, BATCH);
        }
    }

    private static void settle() {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
    }
}
