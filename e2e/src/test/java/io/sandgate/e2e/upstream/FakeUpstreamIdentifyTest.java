package io.sandgate.e2e.upstream;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FakeUpstreamIdentifyTest {
    private final UpstreamWorld world = new UpstreamWorld(UpstreamWorld.wide());
    private final FakeUpstream upstream = world.upstream;

    @AfterEach
    void end() {
        world.close();
    }

    private void change(Consumer<UpstreamRules.Draft> change) {
        upstream.rules(upstream.rules().with(change));
    }

    /// One that has a session.
    private ShardClient live() {
        ShardClient client = world.connect();
        client.ready(0, 16);
        return client;
    }

    @Test
    void identify_sameKeyWithinWindow_getsOp9AndIsRecorded() {
        live();
        ShardClient second = world.connect();

        assertThat(second.identify(16, 32).next(9).getBoolean("d")).isFalse();

        assertThat(world.offences()).containsExactly(Rule.IDENTIFY_WINDOW);
        assertThat(upstream.seen().identifies()).extracting(Observed.Identify::accepted).containsExactly(true, false);
        assertThat(upstream.seen().identifyGaps()).singleElement()
                .satisfies(gap -> assertThat(gap.nanos()).isBetween(0L, Duration.ofSeconds(5).toNanos()));
        assertThat(second.isOpen()).isTrue();
    }

    @Test
    void identify_otherKeysWithinWindow_isNoOffence() {
        for (int shard = 0; shard < 16; shard++) {
            world.connect().ready(shard, 16);
        }

        assertThat(world.offences()).isEmpty();
        assertThat(upstream.seen().identifyGaps()).isEmpty();
        assertThat(upstream.liveSessions()).hasSize(16);
    }

    @Test
    void identify_sameKeyAfterWindow_isNoOffence() {
        change(draft -> draft.window = Duration.ZERO);
        live();
        live();

        assertThat(world.offences()).isEmpty();
        assertThat(upstream.connectionsByShard()).containsEntry(new Shard(0, 16), 2);
    }

    @Test
    void identify_afterOp9OnTheSameConnection_isAnswered() {
        live();
        ShardClient second = world.connect();
        second.identify(0, 16).next(9);
        change(draft -> draft.window = Duration.ZERO);

        second.send(2, ShardClient.identity(0, 16)).event("READY");
    }

    @Test
    void identify_whenNoneIsLeft_resetsTheTokenAndEndsAllSessions() {
        change(draft -> draft.startRemaining = 1);
        ShardClient first = live();
        assertThat(world.bot().getJsonObject("session_start_limit").getInteger("remaining")).isZero();
        ShardClient second = world.connect();
        second.identify(1, 16);

        assertThat(second.closeCode()).isEqualTo(4004);
        assertThat(first.closeCode()).isEqualTo(4004);
        assertThat(upstream.seen().tokenResets()).isEqualTo(1);
        assertThat(upstream.liveSessions()).isEmpty();
        assertThat(world.get("/gateway/bot", "Bot fake-token").statusCode()).isEqualTo(401);
        ShardClient third = world.connect();
        third.identify(2, 16);
        assertThat(third.closeCode()).isEqualTo(4004);
        assertThat(world.offences()).containsExactly(Rule.START_LIMIT, Rule.AUTHENTICATION);
    }

    @Test
    void identify_rejected_takesOneStart() {
        live();
        world.connect().identify(0, 16).next(9);

        assertThat(world.bot().getJsonObject("session_start_limit").getInteger("remaining")).isEqualTo(998);
    }

    @Test
    void identify_withWrongToken_isClosed() {
        ShardClient client = world.connect();
        client.next(10);
        client.send(2, ShardClient.identity(0, 16).put("token", "other"));

        world.assertOffended(client, Rule.AUTHENTICATION);
        assertThat(upstream.seen().violations().toString()).doesNotContain("other");
    }

    @Test
    void identify_twice_isClosed() {
        ShardClient client = live();
        client.send(2, ShardClient.identity(0, 16));

        world.assertOffended(client, Rule.ALREADY_AUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[16,16]", "[-1,16]", "[0]", "[0,24]", "7"})
    void identify_impossibleShard_isClosed(String shard) {
        change(draft -> draft.requiredShardMultiple = 16);
        ShardClient client = world.connect();
        client.next(10);
        client.send("{\"op\":2,\"d\":{\"token\":\"fake-token\",\"intents\":1,\"shard\":" + shard + "}}");

        world.assertOffended(client, Rule.INVALID_SHARD);
    }

    @Test
    void identify_withoutShardWhereNeeded_isClosed() {
        ShardClient client = world.connect();
        client.next(10);
        JsonObject identity = ShardClient.identity(0, 16);
        identity.remove("shard");
        client.send(2, identity);

        world.assertOffended(client, Rule.SHARDING_REQUIRED);
    }

    @Test
    void identify_withoutShardOfASmallBot_isTheOnlyShard() {
        change(draft -> draft.recommendedShards = 1);
        ShardClient client = world.connect();
        client.next(10);
        JsonObject identity = ShardClient.identity(0, 16);
        identity.remove("shard");
        client.send(2, identity);

        assertThat(client.event("READY").getJsonObject("d").getJsonArray("shard"))
                .isEqualTo(new JsonArray().add(0).add(1));
    }

    @Test
    void identify_intentsThatDoNotExist_isClosed() {
        ShardClient client = world.connect();
        client.next(10);
        client.send(2, ShardClient.identity(0, 16).put("intents", 1L << 40));

        world.assertOffended(client, Rule.INVALID_INTENTS);
    }

    @Test
    void identify_intentsThatAreNotAllowed_isClosed() {
        change(draft -> draft.allowedIntents = 1);
        ShardClient client = world.connect();
        client.next(10);
        client.send(2, ShardClient.identity(0, 16).put("intents", 3));

        world.assertOffended(client, Rule.DISALLOWED_INTENTS);
    }
}
