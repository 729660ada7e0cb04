package io.sandgate.e2e;

import io.sandgate.e2e.harness.DoubleOwners;
import io.sandgate.e2e.harness.HandedOn;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.ShardWorld;
import io.sandgate.e2e.upstream.Shard;
import io.sandgate.e2e.upstream.SteadyEvents;
import io.sandgate.e2e.upstream.UpstreamRules;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Faults of replicas, of their network and of their sink: no shard is two replicas' at a time, none loses an event, and none
/// begins a session that it need not.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ShardFaultsIT {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration WINDOW = Duration.ofMillis(200);
    private static final int EVENTS_PER_SECOND = 20;
    /// A cut is noticed, and over, as soon as these allow.
    private static final Map<String, String> SWIFT = Map.of("shards.lease", "1500ms", "shards.grace", "4s",
            "shards.record-interval", "50ms", "cluster.routable-timeout", "2500ms", "cluster.heartbeat", "500ms",
            "cluster.failure-timeout", "4s",
            "cluster.failure-interval", "1s", "cluster.merge-min", "500ms", "cluster.merge-max", "1s");

    private @Nullable ShardWorld opened;

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private ShardWorld open(ShardWorld world, String test) {
        opened = world;
        return world.set(SWIFT).start("ShardFaultsIT-" + test);
    }

    /// Heartbeats are so rare that a replica may stand still for a while and not be too late with one.
    private static UpstreamRules rules(int shards, int keys) {
        return UpstreamRules.DISCORD.with(draft -> {
            draft.window = WINDOW;
            draft.maxConcurrency = keys;
            draft.recommendedShards = shards;
            draft.replayDepth = 20_000;
            draft.guildsPerShard = 1;
        });
    }

    @Test
    void leader_killedWhileShardsIdentify_costsAtMostOneMoreForEachKey() {
        int shards = 48;
        int keys = 2;
        ShardWorld world = open(ShardWorld.withFiles(3, rules(shards, keys)), "leader");
        ReplicaProcess leader = world.leader();
        await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> world.identifies() >= 6);
        leader.kill9();
        assertThat(world.identifies()).as("IDENTIFYs before the kill").isLessThan(shards);
        world.awaitAllLive();
        assertThat(world.identifies()).isBetween(shards, shards + keys);
        leader.start().awaitReady();
        world.awaitAllLive();
        assertThat(world.identifies()).isLessThanOrEqualTo(shards + keys);
        world.assertNothingIsWrong();
    }

    @Test
    void member_thatStandsStillForLongerThanItsLease_handsNothingOnAfterIt() {
        int shards = 12;
        ShardWorld world = open(ShardWorld.withWebhook(3, rules(shards, 4)), "stopped");
        world.awaitAllLive();
        ReplicaProcess member = world.follower();
        long stopped;
        try (SteadyEvents events = world.upstream().publishSteadily(EVENTS_PER_SECOND)) {
            assertThat(events).isNotNull();
            await().atMost(SOON).until(() -> owns(world, member));
            awaitRecords(world, shards);
            stopped = System.nanoTime();
            world.stop(member);
            awaitOwners(world, 2);
            world.resume(member);
            awaitOwners(world, 3);
        }
        world.assertNothingIsWrong();
        // a request that it had begun as it was stopped ends later: no process can look at its lease and write at the same time
        DoubleOwners owners = DoubleOwners.sinceTrouble(world.receiver().taken(), member.id(), stopped);
        assertThat(owners.requests()).as(owners.found().toString()).isLessThanOrEqualTo(1);
        assertThat(owners.moves()).isPositive();
        assertThat(world.identifies()).isEqualTo(shards);
    }

    @Test
    void member_cutOffFromTheOthers_hasNothingUntilTheCutIsOver() {
        int shards = 16;
        ShardWorld world = open(ShardWorld.inNamespaces(4, rules(shards, 4)), "split");
        world.awaitAllLive();
        ReplicaProcess member = world.cluster().replica(4);
        long cut;
        try (SteadyEvents events = world.upstream().publishSteadily(EVENTS_PER_SECOND)) {
            assertThat(events).isNotNull();
            awaitOwners(world, 4);
            awaitRecords(world, shards);
            cut = System.nanoTime();
            world.network().split(4);
            awaitOwners(world, 3);
            assertThat(owns(world, member)).isFalse();
            // A cut that ends before both sides have noticed it may still end in a view without one of the others
            await().atMost(SOON).untilAsserted(() -> assertThat(world.running()).allSatisfy(replica -> assertThat(
                    replica.metrics().sum("sandgate_membership_members")).isEqualTo(replica == member ? 1 : 3)));
            world.network().mend();
            awaitOwners(world, 4);
        }
        world.assertNothingIsWrong();
        DoubleOwners owners = DoubleOwners.sinceTrouble(world.receiver().taken(), member.id(), cut);
        assertThat(owners.found()).isEmpty();
        assertThat(owners.moves()).isPositive();
        assertThat(world.identifies()).isEqualTo(shards);
    }

    @Test
    void sink_thatIsLost_stopsTheReadingAndNotTheHeartbeats() {
        int shards = 8;
        UpstreamRules rules = rules(shards, 4).with(draft -> draft.heartbeatInterval = Duration.ofMillis(1500));
        ShardWorld world = open(ShardWorld.withWebhook(2, rules), "sink");
        world.awaitAllLive();
        int resumes = world.upstream().seen().resumes().size();

        world.receiver().refuse();
        assertReadingStops(world, shards);
        world.receiver().recover();
        world.assertNothingIsWrong();

        world.receiver().stall();
        assertReadingStops(world, shards);
        world.receiver().recover();
        world.assertNothingIsWrong();

        assertThat(world.upstream().seen().resumes()).hasSize(resumes);
        assertThat(world.identifies()).isEqualTo(shards);
        assertThat(world.running()).allSatisfy(
                replica -> assertThat(replica.metrics().sum("sandgate_shards_zombies_total")).isZero());
    }

    private static void assertReadingStops(ShardWorld world, int shards) {
        long before = world.events().count();
        String text = "{\"text\":\"" + "x".repeat(2000) + "\"}";
        for (int i = 0; i < 1000; i++) {
            IntStream.range(0, shards)
                    .forEach(number -> world.upstream().publish(new Shard(number, shards), "MESSAGE_CREATE", text));
        }
        int heartbeats = world.upstream().seen().heartbeats();
        await().atMost(SOON).until(() -> world.upstream().seen().heartbeats() >= heartbeats + 3 * shards);
        JsonObject seen = world.shards();
        assertThat(seen.getInteger("unstable")).as(seen.encodePrettily()).isZero();
        assertThat(seen.getJsonArray("shards")).allSatisfy(each -> {
            JsonObject shard = (JsonObject) each;
            assertThat(shard.getInteger("waiting")).as(shard.encode()).isBetween(100, 600);
        });
        assertThat(world.events().count()).isEqualTo(before);
        assertThat(world.upstream().openConnections()).isEqualTo(shards);
    }

    /// Waits until all shards are live, and so many replicas have some.
    private static void awaitOwners(ShardWorld world, int replicas) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            JsonObject seen = world.shards();
            assertThat(seen.getInteger("unstable")).as(seen.encodePrettily()).isZero();
            assertThat(seen.getInteger("moving")).isZero();
            assertThat(seen.getJsonArray("shards").stream().map(JsonObject.class::cast)
                    .map(shard -> shard.getString("owner")).distinct()).hasSize(replicas);
        });
    }

    /// Waits until a second's events of each shard were handed on, by when the other replicas have been told of its session
    /// many times: one that nobody else knows is begun anew.
    private static void awaitRecords(ShardWorld world, int shards) {
        int before = world.receiver().taken().size();
        await().atMost(SOON).untilAsserted(() -> {
            List<HandedOn> taken = world.receiver().taken();
            Map<Integer, Long> counts = taken.subList(before, taken.size()).stream()
                    .collect(Collectors.groupingBy(HandedOn::shard, Collectors.counting()));
            assertThat(counts).hasSize(shards);
            assertThat(counts.values()).allMatch(count -> count >= EVENTS_PER_SECOND);
        });
    }

    private static boolean owns(ShardWorld world, ReplicaProcess replica) {
        return world.shards().getJsonArray("shards").stream().map(JsonObject.class::cast)
                .anyMatch(shard -> replica.id().equals(shard.getString("owner")));
    }
}
