package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.EventSettings;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static io.sandgate.e2e.bench.MarkdownTable.ms;
import static io.sandgate.e2e.bench.MarkdownTable.times;
import static io.sandgate.e2e.bench.MarkdownTable.us;
import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static org.assertj.core.api.Assertions.assertThat;

/// What it takes to tell many of much, to tell one of all that was, to hold sockets, and to reach a client from elsewhere.
@Tag("bench")
class StreamBench {

    private static final double FAN_OUT_GOAL_MILLIS = 50;
    private static final double COST_GOAL = 1.5;
    private static final double REPLAY_GOAL = 100_000;
    private static final double UNDELAYED_MILLIS = 10;
    private static final double IDLE_GOAL = 8 * 1024;
    private static final double STALLED_GOAL = 512 * 1024;
    private static final double ROUTED_GOAL_MILLIS = 10;

    @Test
    void stream_ofOneReplica_isQuickAndSmall() throws IOException {
        StreamFanOut fanOut;
        try (ClusterProcesses cluster = ClusterProcesses.of(1).named("StreamBench-fan-out").start()) {
            Progress.say("stream: %d subscribers".formatted(StreamFanOut.SUBSCRIBERS));
            fanOut = StreamFanOut.measure(cluster.replica(1));
            Progress.say("stream: " + fanOut);
        }
        StreamReplay replay;
        try (ClusterProcesses cluster = ClusterProcesses.of(1).set(EventSettings.largeLog())
                .named("StreamBench-replay").start()) {
            replay = StreamReplay.measure(cluster.replica(1));
            Progress.say("stream: " + replay);
        }
        StreamMemory memory = StreamMemory.measure();
        Progress.say("stream: " + memory);
        StreamRouting routing;
        try (ClusterProcesses cluster = ClusterProcesses.of(2).set("api.rate-limit", "0").named("StreamBench-routing")
                .start()) {
            Progress.say("stream: messages from another replica");
            routing = StreamRouting.measure(cluster.replica(1), cluster.replica(2));
        }
        report(fanOut, replay, memory, routing);
        assertThat(fanOut.received()).as("frames of events that were made").isGreaterThanOrEqualTo(fanOut.expected());
    }

    private static void report(StreamFanOut fanOut, StreamReplay replay, StreamMemory memory, StreamRouting routing) {
        double cost = fanOut.microsPerFrame() / fanOut.plainMicrosPerFrame();
        double delay = replay.with().p99() - replay.without().p99();
        double routed = routing.routed().p99() - routing.plain().p99();
        new Report("stream", "Event stream and connections", "Replicas with their defaults, and all clients in one "
                + "other JVM on this machine, which count the frames of WebSockets and look into those of every "
                + "twelfth one. An event is a version of a route that is fed over the peer listener, "
                + fanOut.frameBytes() + " bytes with the head of its frame, and its time is from before it was sent "
                + "there until a subscriber had it. Costs are the processor time of the replica's process without "
                + "what it needs for the same events with no subscriber; they stand beside those of a plain Vert.x "
                + "server that writes as many frames of the same size to as many open sockets, each encoded once.")
                .goal(whole(StreamFanOut.PER_SECOND) + " events a second to " + StreamFanOut.SUBSCRIBERS
                        + " subscribers, p99", ms(fanOut.latencies().p99()), "50 ms",
                        fanOut.latencies().p99() <= FAN_OUT_GOAL_MILLIS && isComplete(fanOut))
                .figure("the same, p50", ms(fanOut.latencies().p50()))
                .figure("events a second that were made", whole(fanOut.perSecond()))
                .goal("processor per frame, of that of the plain server", times(cost), "at most 1.50",
                        cost <= COST_GOAL)
                .figure("processor per frame, and of the plain server",
                        us(fanOut.microsPerFrame()) + ", " + us(fanOut.plainMicrosPerFrame()))
                .figure("with the making of the events", us(fanOut.wholeMicrosPerFrame()))
                .goal("replay of " + whole(replay.stored()) + " stored events to one subscriber, a second",
                        whole(replay.perSecond()), "100,000", replay.perSecond() >= REPLAY_GOAL)
                .goal("p99 of " + StreamReplay.LIVE_PER_SECOND + " live events a second to " + StreamReplay.LIVE
                        + " others meanwhile, beyond that without", ms(delay), "10 ms", delay <= UNDELAYED_MILLIS)
                .figure("the two, with and without",
                        ms(replay.with().p99()) + ", " + ms(replay.without().p99()))
                .goal("heap of an idle connection, of " + whole(StreamMemory.IDLE),
                        whole(memory.connections()) + " bytes", "8,192 bytes", memory.connections() < IDLE_GOAL)
                .figure("heap of an idle subscriber, of " + whole(StreamMemory.IDLE),
                        whole(memory.subscribers()) + " bytes")
                .goal("memory of a stalled reader, of " + StreamMemory.STALLED + " that miss "
                        + whole(StreamMemory.EVENTS_MISSED) + " events", whole(memory.stalled()) + " bytes",
                        "524,288 bytes", memory.stalled() < STALLED_GOAL)
                .goal("message sent at another replica than the client's, p99 beyond that at its own", ms(routed),
                        "10 ms", routed <= ROUTED_GOAL_MILLIS)
                .figure("the two, p50", ms(routing.routed().p50()) + ", " + ms(routing.plain().p50()))
                .figure("the two, p99", ms(routing.routed().p99()) + ", " + ms(routing.plain().p99()))
                .note("The memory of a stalled reader is what the live heap and the resident memory outside of it grew "
                        + "by, with 50 other subscribers that read; what the kernel keeps for its socket is not "
                        + "in it. Messages are sent in turns at the two replicas, one after the other, and their time "
                        + "is until both the answer and the message were there.")
                .publish();
    }

    private static boolean isComplete(StreamFanOut fanOut) {
        return fanOut.received() >= fanOut.expected()
                && fanOut.perSecond() > 0.98 * StreamFanOut.PER_SECOND;
    }
}
