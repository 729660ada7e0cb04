package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.ShardEvents;
import io.sandgate.e2e.upstream.FakeUpstream;
import io.sandgate.e2e.upstream.SteadyEvents;
import io.sandgate.e2e.upstream.UpstreamRules;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Replicas that hold the shards of an upstream together, against an upstream that is strict.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ShardsIT {
    private static final int SHARDS = 24;
    private static final Duration SOON = Duration.ofSeconds(40);

    private final FakeUpstream upstream = FakeUpstream.start(UpstreamRules.DISCORD.with(draft -> {
        draft.window = Duration.ofMillis(250);
        draft.maxConcurrency = 4;
        draft.recommendedShards = SHARDS;
        draft.heartbeatInterval = Duration.ofSeconds(2);
        draft.replayDepth = 5_000;
    }));

    private final ClusterProcesses cluster = ClusterProcesses.of(3).set(Map.of("shards.token", "fake-token",
            "shards.api-url", upstream.url(), "shards.identify-window", "250ms", "shards.identify-margin", "25ms",
            "shards.permit-life", "500ms", "shards.lease", "2s")).each(ShardEvents::toFile);

    @AfterEach
    void stop() {
        cluster.close();
        upstream.close();
    }

    @Test
    void shards_areHeldOnceEach_andMoveWithoutLosingAnything() {
        cluster.start();
        awaitAllLive();
        assertThat(upstream.seen().identifies()).hasSize(SHARDS);
        try (SteadyEvents events = upstream.publishSteadily(20)) {
            assertThat(events).isNotNull();
            await().atMost(SOON).until(() -> ShardEvents.read(cluster).count() > 2_000);

            ReplicaProcess leaving = cluster.replica(1);
            assertThat(leaving.sigterm()).isZero();
            awaitAllLive();
            leaving.start();
            leaving.awaitReady();
            awaitAllLive();
            cluster.replica(2).kill9();
            awaitAllLive();
        }
        await().atMost(SOON).untilAsserted(() -> {
            Map<String, Long> last = ShardEvents.read(cluster).last();
            upstream.liveSessions().forEach(session -> assertThat(last).containsEntry(session.id(),
                    session.lastSequence()));
        });
        assertThat(ShardEvents.read(cluster).problems(upstream)).isEmpty();
        assertThat(upstream.seen().identifies()).hasSize(SHARDS);
        assertThat(upstream.seen().violations()).isEmpty();
    }

    @Test
    void rescale_toTwiceAndToAnOddNumber_losesNoEventOfAnyGuild() {
        cluster.start();
        awaitAllLive();
        List<Long> guilds = LongStream.range(1, 40).map(i -> i << 22).boxed().toList();
        int published = 0;
        for (int count : List.of(2 * SHARDS, 31)) {
            Answer answer = cluster.replica(2).admin("POST", "/shards/rescale", "{\"count\":" + count + "}");
            assertThat(answer.status()).as(answer.body()).isEqualTo(202);
            int begun = published;
            published = publishUntil(guilds, begun, () -> total() == count && unstable() == 0);
        }
        int last = published;

        await().atMost(SOON).untilAsserted(() -> guilds.forEach(guild -> assertThat(ShardEvents.ofGuild(cluster, guild))
                .as("events of guild %s", guild).containsAll(IntStream.range(0, last).boxed().toList())));
        assertThat(upstream.seen().identifies()).hasSize(SHARDS + 2 * SHARDS + 31);
        assertThat(upstream.liveSessions()).extracting(session -> session.shard().count()).containsOnly(31);
        assertThat(upstream.seen().violations()).isEmpty();
        assertThat(cluster.replica(1).admin("POST", "/shards/rescale", "{\"count\":31}").status()).isEqualTo(409);
    }

    /// Gives each guild an event after the other.
    ///
    /// @return the number of the next one
    private int publishUntil(List<Long> guilds, int from, BooleanSupplier done) {
        AtomicInteger next = new AtomicInteger(from);
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(() -> {
            int number = next.getAndIncrement();
            guilds.forEach(guild -> upstream.publish(guild, "MESSAGE_CREATE",
                    "{\"guild_id\":\"" + guild + "\",\"number\":" + number + "}"));
            return done.getAsBoolean();
        });
        return next.get();
    }

    private int total() {
        return cluster.replica(1).admin("GET", "/shards", "").json().getInteger("total");
    }

    private int unstable() {
        return cluster.replica(1).admin("GET", "/shards", "").json().getInteger("unstable");
    }

    private void awaitAllLive() {
        await().atMost(SOON).untilAsserted(() -> {
            ReplicaProcess asked = cluster.replicas().stream().filter(ReplicaProcess::isAlive).findFirst()
                    .orElseThrow();
            JsonObject shards = asked.admin("GET", "/shards", "").json();
            assertThat(shards.getInteger("total")).isEqualTo(SHARDS);
            assertThat(shards.getInteger("unstable")).as(shards.encodePrettily()).isZero();
        });
    }
}
