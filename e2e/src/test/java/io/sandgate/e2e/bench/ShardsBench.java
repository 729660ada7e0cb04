package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.DoubleOwners;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.ShardWorld;
import io.sandgate.e2e.upstream.Fault;
import io.sandgate.e2e.upstream.Observed;
import io.sandgate.e2e.upstream.SteadyEvents;
import io.sandgate.e2e.upstream.UpstreamRules;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static io.sandgate.e2e.bench.MarkdownTable.ms;
import static io.sandgate.e2e.bench.MarkdownTable.times;
import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// How near four replicas come to the upstream's own speed limit with all shards, what a fault adds to it, and whether two of
/// them ever hand on events of one shard.
@Tag("bench")
class ShardsBench {
    private static final int SHARDS = Scale.of(1024, 128);
    private static final int KEYS = 16;
    private static final int REPLICAS = 4;
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final int LATE_WINDOWS = 4;
    private static final int SHARDS_IN_A_SPLIT = 64;
    private static final double RATIO_GOAL = 1.10;
    private static final double WINDOWS_GOAL = 2;
    private static final Duration RESUMED_GOAL = Duration.ofSeconds(5);
    private static final double MOVE_GOAL_MILLIS = 1_000;
    private static final Duration GIVE_UP = Duration.ofMinutes(3);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Pattern LEADS = Pattern.compile("(?m)^(\\S+Z) .*\\bshards\\.leads term=");
    /// A cut is noticed by the members, and over, as soon as these allow.
    private static final Map<String, String> SWIFT = Map.of("cluster.routable-timeout", "2500ms", "cluster.heartbeat",
            "500ms", "cluster.failure-timeout", "4s", "cluster.failure-interval", "1s", "cluster.merge-min", "500ms",
            "cluster.merge-max", "1s");

    /// @param detection from the kill until another replica led
    private record Killed(ShardPace pace, Duration detection) {
        double windowsOverGoal() {
            return pace.windowsOverGoal() - detection.toNanos() / (double) pace.window().toNanos();
        }
    }

    /// @param identifies since all shards were live
    private record Moved(Latencies drain, Latencies join, Duration resumed, int resumes, int identifies) {}

    /// @param elsewhere until all shards were live on the other side, zero where they cannot be
    /// @param moves how often a shard went from one replica to another one
    private record Split(Duration elsewhere, Duration overlap, int moves, int identifies) {}

    private static UpstreamRules rules(int shards) {
        return UpstreamRules.DISCORD.with(draft -> {
            draft.window = WINDOW;
            draft.maxConcurrency = KEYS;
            draft.recommendedShards = shards;
            draft.startTotal = 10 * shards;
            draft.startRemaining = 10 * shards;
            draft.replayDepth = 2_000;
            draft.guildsPerShard = 1;
        });
    }

    @Test
    void shards_ofFourReplicas_connectAtTheUpstreamsOwnSpeed() {
        ShardPace cold;
        Moved moved;
        try (ShardWorld world = open(ShardWorld.withFiles(REPLICAS, rules(SHARDS)), "cold")) {
            awaitAllLive(world, SHARDS);
            cold = pace(world);
            moved = move(world);
            world.assertNothingIsWrong();
        }
        ShardPace late;
        UpstreamRules lateReady = rules(SHARDS).with(draft -> draft.readyDelay = WINDOW.multipliedBy(LATE_WINDOWS));
        try (ShardWorld world = open(ShardWorld.withFiles(REPLICAS, lateReady), "late")) {
            awaitAllLive(world, SHARDS);
            late = pace(world);
            world.assertNothingIsWrong();
        }
        Killed killed;
        try (ShardWorld world = open(ShardWorld.withFiles(REPLICAS, rules(SHARDS)), "killed")) {
            killed = killLeader(world);
            world.assertNothingIsWrong();
        }
        Split one;
        Split half;
        try (ShardWorld world = open(
                ShardWorld.inNamespaces(REPLICAS, rules(SHARDS_IN_A_SPLIT)).set(SWIFT), "split")) {
            awaitAllLive(world, SHARDS_IN_A_SPLIT);
            one = split(world, 4);
            half = split(world, 3, 4);
            world.assertNothingIsWrong();
        }
        report(cold, late, killed, moved, one, half);
    }

    private static ShardWorld open(ShardWorld world, String name) {
        Progress.say("shards: " + name);
        return world.set(Map.of("shards.compression", "none")).start("ShardsBench-" + name);
    }

    private static void awaitAllLive(ShardWorld world, int shards) {
        await().atMost(GIVE_UP).pollInterval(LOOK).until(() -> world.upstream().connectionsByShard().size() == shards);
        world.awaitAllLive();
    }

    private static ShardPace pace(ShardWorld world) {
        return ShardPace.of(world.upstream().seen(), world.upstream().rules(), SHARDS);
    }

    private static Killed killLeader(ShardWorld world) {
        await().atMost(GIVE_UP).pollInterval(LOOK).until(() -> world.identifies() >= SHARDS / 2);
        ReplicaProcess leader = world.leader();
        Instant killed = Instant.now();
        leader.kill9();
        awaitAllLive(world, SHARDS);
        Duration detection = world.running().stream().flatMap(replica -> LEADS.matcher(replica.log()).results())
                .map(line -> Instant.parse(line.group(1))).filter(killed::isBefore).min(Comparator.naturalOrder())
                .map(at -> Duration.between(killed, at)).orElseThrow();
        return new Killed(pace(world), detection);
    }

    private static Moved move(ShardWorld world) {
        int identifies = world.identifies();
        Observed seen = world.upstream().seen();
        try (SteadyEvents events = world.upstream().publishSteadily(1)) {
            assertThat(events).isNotNull();
            Progress.say("shards: all connections dropped");
            int before = seen.resumed().size();
            long dropped = System.nanoTime();
            world.upstream().inject(new Fault.Drop());
            awaitAllLive(world, SHARDS);
            Duration resumed = ShardPace.untilAllResumed(seen, dropped);
            int resumes = seen.resumed().size() - before;

            ReplicaProcess leaving = world.follower();
            Progress.say("shards: " + leaving.id() + " leaves and comes back");
            long drained = System.nanoTime();
            assertThat(leaving.sigterm()).isZero();
            awaitAllLive(world, SHARDS);
            Latencies drain = ShardPace.moves(seen, drained);
            long joins = System.nanoTime();
            leaving.start().awaitReady();
            awaitOwners(world, REPLICAS);
            Latencies join = ShardPace.moves(seen, joins);
            return new Moved(drain, join, resumed, resumes, world.identifies() - identifies);
        }
    }

    /// Waits until all shards are live, none is on its way, and so many replicas have some.
    private static void awaitOwners(ShardWorld world, int replicas) {
        await().atMost(GIVE_UP).pollInterval(LOOK).until(() -> {
            JsonObject seen = world.shards();
            return seen.getInteger("unstable") == 0 && seen.getInteger("moving") == 0 && seen.getJsonArray("shards")
                    .stream().map(JsonObject.class::cast).map(shard -> shard.getString("owner")).distinct()
                    .count() == replicas;
        });
    }

    /// Cuts these replicas off for a while.
    private static Split split(ShardWorld world, int... these) {
        boolean majority = these.length * 2 < REPLICAS;
        Progress.say("shards: %d of %d replicas cut off".formatted(these.length, REPLICAS));
        int identifies = world.identifies();
        int known = world.receiver().taken().size();
        Duration elsewhere = Duration.ZERO;
        try (SteadyEvents events = world.upstream().publishSteadily(20)) {
            assertThat(events).isNotNull();
            awaitOwners(world, REPLICAS);
            long cut = System.nanoTime();
            world.network().split(these);
            if (majority) {
                awaitOwners(world, REPLICAS - these.length);
                elsewhere = Duration.ofNanos(System.nanoTime() - cut);
            } else {
                // longer than any lease, and than a replica stays connected without one
                await().atMost(GIVE_UP).pollInterval(LOOK).until(
                        () -> System.nanoTime() - cut > Duration.ofSeconds(15).toNanos());
            }
            world.network().mend();
            awaitOwners(world, REPLICAS);
        }
        DoubleOwners owners = DoubleOwners.in(world.receiver().taken().subList(known, world.receiver().taken().size()));
        owners.found().stream().limit(20).forEach(Progress::say);
        return new Split(elsewhere, owners.time(), owners.moves(), world.identifies() - identifies);
    }

    private static void report(ShardPace cold, ShardPace late, Killed killed, Moved moved, Split one, Split half) {
        Report report = new Report("shards", "Shards", whole(SHARDS) + " shards of a strict upstream that takes one "
                + "IDENTIFY a window from each of " + KEYS + " keys, and four replicas with their defaults, without "
                + "compression, all of it on this machine. A window is " + WINDOW.toMillis()
                + " ms in the place of 5 s, the margin a twentieth and a permit's life a fifth of it, as by default; "
                + "leases and all other times are as they are by default. The floor is the least time from "
                + "the first IDENTIFY to the last one, " + (Math.ceilDiv(SHARDS, KEYS) - 1)
                + " windows. All times are those of receipt at "
                + "the upstream, from the first IDENTIFY of the run on. Events are published steadily while "
                + "connections end and shards move: one a second for each shard, 20 while the network is cut.");
        report.goal("last IDENTIFY of all, of the floor", times(cold.ratio()), "at most 1.10",
                cold.ratio() <= RATIO_GOAL)
                .goal("IDENTIFYs", whole(cold.count()), whole(SHARDS), cold.count() == SHARDS)
                .figure("gaps between IDENTIFYs of one key, p50 and p99",
                        ms(cold.gaps().p50()) + ", " + ms(cold.gaps().p99()))
                .goal("gaps under a window, in all runs",
                        whole(cold.shortGaps() + late.shortGaps() + killed.pace().shortGaps()), "0",
                        cold.shortGaps() + late.shortGaps() + killed.pace().shortGaps() == 0)
                .goal("READY " + LATE_WINDOWS + " windows late: beyond 1.10 of the floor",
                        windows(late.windowsOverGoal()), "at most 2 windows", late.windowsOverGoal() <= WINDOWS_GOAL)
                .figure("the same, of the floor", times(late.ratio()))
                .goal("leader killed in the middle: beyond 1.10 of the floor and detection",
                        windows(killed.windowsOverGoal()), "at most 2 windows",
                        killed.windowsOverGoal() <= WINDOWS_GOAL)
                .figure("the same, of the floor", times(killed.pace().ratio()))
                .figure("detection: from the kill until another one leads", ms(killed.detection().toNanos() / 1e6))
                .goal("IDENTIFYs more than shards then", whole(killed.pace().count() - SHARDS), "at most " + KEYS,
                        killed.pace().count() - SHARDS <= KEYS)
                .goal("all connections dropped at once: until the last RESUMED", ms(moved.resumed().toNanos() / 1e6),
                        "5 s", moved.resumed().compareTo(RESUMED_GOAL) <= 0)
                .figure("RESUMEs", whole(moved.resumes()))
                .goal("a replica leaves: close to RESUMED, p99 of " + moved.drain().count() + " shards",
                        ms(moved.drain().p99()), "1 s", moved.drain().p99() < MOVE_GOAL_MILLIS)
                .goal("it comes back: close to RESUMED, p99 of " + moved.join().count() + " shards",
                        ms(moved.join().p99()), "1 s", moved.join().p99() < MOVE_GOAL_MILLIS)
                .goal("IDENTIFYs in these three", whole(moved.identifies()), "0", moved.identifies() == 0)
                .goal("split 3 + 1: time with two replicas that hand on one shard", ms(one.overlap().toNanos() / 1e6),
                        "0", one.overlap().isZero())
                .figure("until all shards were live on the side of the three", ms(one.elsewhere().toNanos() / 1e6))
                .goal("split 2 + 2: time with two replicas that hand on one shard",
                        ms(half.overlap().toNanos() / 1e6), "0", half.overlap().isZero())
                .figure("moves of shards in the two splits, to and fro", whole(one.moves() + half.moves()))
                .goal("IDENTIFYs in both", whole(one.identifies() + half.identifies()), "0",
                        one.identifies() + half.identifies() == 0)
                .note("No sequence of any session is missing in what was handed on in any of these runs; the benchmark "
                        + "fails otherwise. For two replicas that hand on one shard, a webhook notes when each event "
                        + "came and from whom: a replica that had a shard before, and hands on something that is not "
                        + "newer than what the present one has handed on, counts from the present one's first event on.")
                .publish();
    }

    private static String windows(double windows) {
        return "%.1f windows".formatted(windows);
    }
}
