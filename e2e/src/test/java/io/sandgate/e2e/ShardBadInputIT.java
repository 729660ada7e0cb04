package io.sandgate.e2e;

import io.sandgate.e2e.harness.ShardWorld;
import io.sandgate.e2e.upstream.FakeUpstream;
import io.sandgate.e2e.upstream.Fault;
import io.sandgate.e2e.upstream.Mode;
import io.sandgate.e2e.upstream.Observed;
import io.sandgate.e2e.upstream.Rule;
import io.sandgate.e2e.upstream.UpstreamRules;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// An upstream that refuses, or says what it should not: a replica shows it, begins no session that it need not, and goes on
/// when it is over.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ShardBadInputIT {
    private static final int SHARDS = 4;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(50);
    /// Failures that a shard has at the least when something goes on failing.
    private static final int OFTEN = 3;

    private static final ShardWorld world = world(rules());

    private int identifiesBefore;
    private int violationsBefore;

    private static UpstreamRules rules() {
        return UpstreamRules.DISCORD.with(draft -> {
            draft.window = Duration.ofMillis(100);
            draft.maxConcurrency = 2;
            draft.recommendedShards = SHARDS;
            draft.heartbeatInterval = Duration.ofSeconds(5);
            draft.guildsPerShard = 1;
        });
    }

    private static ShardWorld world(UpstreamRules rules) {
        return ShardWorld.withFiles(1, rules).set(Map.of("shards.hello-timeout", "300ms", "shards.spread", "20ms",
                "shards.backoff", "50ms", "shards.max-backoff", "200ms", "shards.stable-after", "1s",
                "shards.starts-per-shard", "1000", "shards.start-reserve", "0"));
    }

    @BeforeAll
    static void start() {
        world.start("ShardBadInputIT");
    }

    @AfterAll
    static void close() {
        world.close();
    }

    @BeforeEach
    void allIsWell() {
        world.awaitAllLive();
        identifiesBefore = world.identifies();
        violationsBefore = world.upstream().seen().violations().size();
    }

    @AfterEach
    void allIsWellAgain() {
        for (Mode mode : Mode.values()) {
            world.upstream().turnOff(mode);
        }
        world.upstream().rules(rules());
        world.command("restart");
        world.awaitAllLive();
        assertThat(world.upstream().seen().tokenResets()).isZero();
    }

    private int newIdentifies() {
        return world.identifies() - identifiesBefore;
    }

    private List<Rule> newViolations() {
        List<Observed.Violation> all = world.upstream().seen().violations();
        return all.subList(violationsBefore, all.size()).stream().map(Observed.Violation::rule).toList();
    }

    private static void awaitHalted(String why) {
        await().atMost(SOON).pollInterval(LOOK).untilAsserted(() -> {
            assertThat(world.shards().getString("halted")).contains(why);
            assertThat(world.upstream().openConnections()).isZero();
        });
    }

    private static void awaitEach(Consumer<JsonObject> condition) {
        await().atMost(SOON).pollInterval(LOOK).untilAsserted(() -> assertThat(world.shards().getJsonArray("shards"))
                .hasSize(SHARDS).allSatisfy(shard -> condition.accept((JsonObject) shard)));
    }

    private static void change(Consumer<UpstreamRules.Draft> change) {
        world.upstream().rules(rules().with(change));
    }

    @Test
    void token_thatIsWrongOverTheConnection_stopsAll() {
        change(draft -> draft.token = "another-token");
        world.upstream().inject(new Fault.Drop());
        awaitHalted("4004");
        assertThat(newIdentifies()).isZero();
        assertThat(newViolations()).containsOnly(Rule.AUTHENTICATION).hasSizeLessThanOrEqualTo(SHARDS);
    }

    @Test
    void token_thatTheApiRefuses_stopsAllBeforeAnythingConnects_andNoStartsAreWaitedFor() {
        Duration reset = Duration.ofSeconds(8);
        try (ShardWorld fresh = world(rules().with(draft -> draft.startRemaining = 0))) {
            FakeUpstream upstream = fresh.upstream();
            UpstreamRules right = upstream.rules();
            upstream.rules(right.with(draft -> draft.token = "another-token"));
            fresh.start("ShardBadInputIT-token");
            await().atMost(SOON).pollInterval(LOOK)
                    .untilAsserted(() -> assertThat(fresh.shards().getString("upstreamError")).contains("401"));
            assertThat(upstream.openConnections()).isZero();

            upstream.rules(right.with(draft -> draft.startResetAfter = reset));
            fresh.command("restart");
            await().atMost(SOON).pollInterval(LOOK).untilAsserted(() -> {
                JsonObject shards = fresh.shards();
                assertThat(shards.getJsonObject("pacing").getInteger("startsLeft")).isZero();
                assertThat(shards.getJsonArray("shards")).hasSize(SHARDS)
                        .allSatisfy(shard -> assertThat(((JsonObject) shard).getString("state")).isEqualTo("queued"));
            });
            assertThat(fresh.identifies()).isZero();
            fresh.awaitAllLive();
            assertThat(fresh.identifies()).isEqualTo(SHARDS);
            assertThat(upstream.seen().violations()).isEmpty();
            assertThat(upstream.seen().tokenResets()).isZero();
        }
    }

    @Test
    void intents_thatAreDisallowed_stopAll() {
        change(draft -> draft.allowedIntents = 0);
        world.upstream().inject(new Fault.InvalidSession(false));
        awaitHalted("4014");
        assertThat(newIdentifies()).isBetween(1, SHARDS);
        assertThat(newViolations()).containsOnly(Rule.DISALLOWED_INTENTS);
    }

    @Test
    void count_thatIsNoMultiple_stopsEachShardAtItsFirstIdentify() {
        change(draft -> draft.requiredShardMultiple = 3);
        world.upstream().inject(new Fault.InvalidSession(false));
        awaitEach(shard -> {
            assertThat(shard.getString("state")).isEqualTo("refused");
            assertThat(shard.getString("note")).contains("4010");
        });
        assertThat(newIdentifies()).isEqualTo(SHARDS);
        assertThat(newViolations()).containsOnly(Rule.INVALID_SHARD);
    }

    @Test
    void guilds_thatAreTooManyForSoFewShards_stopAll() {
        world.upstream().inject(new Fault.Close(4011));
        awaitHalted("4011");
        assertThat(newIdentifies()).isZero();
    }

    /// Ways in which no connection holds, and what a shard says of it.
    @ParameterizedTest
    @EnumSource(names = {"NO_HELLO", "RECONNECT_FOR_HELLO", "RECONNECT_AFTER_READY", "REFUSE_UPGRADE",
            "REFUSE_CONNECTION"})
    void connection_thatNeverHolds_isTriedAgainAndKeepsItsSession(Mode mode) {
        world.upstream().turnOn(mode);
        world.upstream().inject(new Fault.Drop());
        awaitEach(shard -> assertThat(shard.getInteger("failures")).as(shard.encode())
                .isGreaterThanOrEqualTo(OFTEN));
        world.upstream().turnOff(mode);
        world.awaitAllLive();
        assertThat(newIdentifies()).isZero();
        assertThat(newViolations()).isEmpty();
    }

    static List<Fault> nonsense() {
        return List.of(new Fault.NotJson(), new Fault.Bomb(64), new Fault.Backwards());
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void frame_thatIsNonsense_endsItsConnectionAndNotTheSession(Fault fault) {
        double before = badFrames();
        List<Long> attempts = IntStream.range(0, SHARDS).mapToObj(i -> world.shard(i).getLong("attempt")).toList();
        assertThat(world.upstream().inject(fault, session -> session.connection().isPresent())).isEqualTo(SHARDS);
        await().atMost(SOON).pollInterval(LOOK).until(() -> badFrames() >= before + SHARDS);
        awaitEach(shard -> {
            assertThat(shard.getString("state")).isEqualTo("live");
            assertThat(shard.getLong("attempt")).as(shard.encode())
                    .isGreaterThan(attempts.get(shard.getInteger("id")));
        });
        assertThat(newIdentifies()).isZero();
        assertThat(newViolations()).isEmpty();
        world.assertNothingHandedOnIsWrong();
    }

    private static double badFrames() {
        return world.running().getFirst().metrics().sum("sandgate_shards_bad_frames_total");
    }

    @Test
    void resume_thatIsInvalidOverAndOver_costsOneIdentifyEachTime() {
        world.upstream().turnOn(Mode.RESUME_INVALID);
        for (int round = 1; round <= OFTEN; round++) {
            world.upstream().inject(new Fault.Drop());
            int after = round * SHARDS;
            await().atMost(SOON).pollInterval(LOOK).until(() -> newIdentifies() == after);
            world.awaitAllLive();
        }
        assertThat(newIdentifies()).isEqualTo(OFTEN * SHARDS);
        assertThat(newViolations()).isEmpty();
    }
}
