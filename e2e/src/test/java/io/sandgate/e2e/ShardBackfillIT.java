package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.upstream.FakeUpstream;
import io.sandgate.e2e.upstream.Observed.Answer;
import io.sandgate.e2e.upstream.Observed.MemberRequest;
import io.sandgate.e2e.upstream.Shard;
import io.sandgate.e2e.upstream.UpstreamRules;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Replicas that ask for the members of all guilds, at an upstream that gives each guild's list once in a while only.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ShardBackfillIT {
    private static final int SHARDS = 8;
    private static final int GUILDS_PER_SHARD = 6;
    private static final int GUILDS = SHARDS * GUILDS_PER_SHARD;
    private static final Duration SOON = Duration.ofSeconds(40);

    private final FakeUpstream upstream = FakeUpstream.start(UpstreamRules.DISCORD.with(draft -> {
        draft.window = Duration.ofMillis(250);
        draft.maxConcurrency = SHARDS;
        draft.recommendedShards = SHARDS;
        draft.guildsPerShard = GUILDS_PER_SHARD;
        draft.membersWindow = Duration.ofSeconds(1);
        draft.replayDepth = 5_000;
    }));
    private ClusterProcesses cluster = ClusterProcesses.of(1);

    @AfterEach
    void stop() {
        cluster.close();
        upstream.close();
    }

    @Test
    void guilds_ofNewSessions_areAskedForOnceEach_oneShardAtATime() {
        start(2, Map.of("shards.backfill.concurrency", "1", "shards.backfill.sweep-per-second", "0"));

        await().atMost(SOON).untilAsserted(() -> assertThat(guilds()).hasSize(GUILDS));
        await().atMost(SOON).untilAsserted(() -> assertThat(shards().getJsonObject("backfill")).hasSize(2)
                .allSatisfy(each -> assertThat(((JsonObject) each.getValue()).getInteger("inflight")).isZero()));

        assertThat(requests()).hasSize(GUILDS);
        oneAtATime();
        assertThat(requests()).extracting(MemberRequest::answer).containsOnly(Answer.SENT);
        assertThat(upstream.seen().violations()).isEmpty();
    }

    @Test
    void sweep_goesOnAfterARestart_whereItWas() {
        start(1, Map.of("shards.backfill.sweep-per-second", "30"));
        await().atMost(SOON).until(() -> requests().size() > 2 * GUILDS + GUILDS / 2);

        ReplicaProcess replica = cluster.replica(1);
        assertThat(replica.sigterm()).isZero();
        Map<Shard, List<MemberRequest>> before = byShard(requests());
        int asked = requests().size();
        replica.start();
        replica.awaitReady();
        await().atMost(SOON).until(() -> requests().size() > asked + GUILDS);

        Map<Shard, List<MemberRequest>> after = byShard(requests().subList(asked, requests().size()));
        before.forEach((shard, some) -> assertThat(after.get(shard)).as("%s", shard).first()
                .satisfies(next -> assertThat(next.guild()).isEqualTo(following(some.getLast().guild()))));
        assertThat(requests()).extracting(MemberRequest::answer).containsOnly(Answer.SENT);
        assertThat(upstream.seen().identifies()).hasSize(SHARDS);
        assertThat(upstream.seen().violations()).isEmpty();
    }

    private void start(int replicas, Map<String, String> more) {
        cluster = ClusterProcesses.of(replicas).set(Map.of("shards.token", "fake-token", "shards.api-url",
                upstream.url(), "shards.sink", "none", "shards.intents", "GUILDS,GUILD_MEMBERS",
                "shards.identify-window", "250ms", "shards.identify-margin", "25ms", "shards.permit-life", "500ms",
                "shards.lease", "2s")).set(Map.of("shards.backfill.per-guild", "1s", "shards.backfill.min", "100ms"))
                .set(more).start();
    }

    /// The requests of one replica are of one shard after the other.
    private void oneAtATime() {
        Map<Integer, String> owners = new HashMap<>();
        shards().getJsonArray("shards").forEach(each -> owners.put(((JsonObject) each).getInteger("id"),
                ((JsonObject) each).getString("owner")));
        Map<String, List<Shard>> turns = new HashMap<>();
        for (MemberRequest request : requests()) {
            List<Shard> ofOwner = turns.computeIfAbsent(owners.get(request.shard().number()), _ -> new ArrayList<>());
            if (ofOwner.isEmpty() || !ofOwner.getLast().equals(request.shard())) {
                ofOwner.add(request.shard());
            }
        }
        assertThat(turns).hasSize(2).allSatisfy((_, ofOwner) -> assertThat(ofOwner).doesNotHaveDuplicates());
    }

    /// The guild of the same shard that comes after one, in a ring.
    private static long following(long guild) {
        long number = (guild >>> 22) + SHARDS;
        return (number <= GUILDS ? number : number - GUILDS) << 22;
    }

    private List<MemberRequest> requests() {
        return upstream.seen().memberRequests();
    }

    private Set<Long> guilds() {
        return requests().stream().map(MemberRequest::guild).collect(Collectors.toSet());
    }

    private static Map<Shard, List<MemberRequest>> byShard(List<MemberRequest> requests) {
        return requests.stream().collect(Collectors.groupingBy(MemberRequest::shard));
    }

    private JsonObject shards() {
        return cluster.replica(1).admin("GET", "/shards", "").json();
    }
}
