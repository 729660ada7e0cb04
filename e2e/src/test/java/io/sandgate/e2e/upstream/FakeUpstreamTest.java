package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Observed.Answer;
import io.sandgate.e2e.upstream.Observed.MemberRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class FakeUpstreamTest {
    private static final long GUILD = 3L << 22;

    private final UpstreamWorld world = new UpstreamWorld(UpstreamWorld.wide().with(draft -> draft.guildsPerShard = 2));
    private final FakeUpstream upstream = world.upstream;

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void gateway_withoutToken_namesTheUrl() {
        HttpResponse<String> answer = world.get("/gateway", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(answer.body()).getString("url")).isEqualTo(upstream.url().replace("http", "ws"));
    }

    @Test
    void gatewayBot_withToken_tellsTheLimits() {
        JsonObject bot = world.bot();

        assertThat(bot.getInteger("shards")).isEqualTo(16);
        JsonObject limit = bot.getJsonObject("session_start_limit");
        assertThat(limit.getInteger("total")).isEqualTo(1000);
        assertThat(limit.getInteger("remaining")).isEqualTo(1000);
        assertThat(limit.getLong("reset_after")).isPositive();
        assertThat(limit.getInteger("max_concurrency")).isEqualTo(16);
        assertThat(upstream.seen().botRequests()).isEqualTo(1);
    }

    @Test
    void gatewayBot_withWrongToken_answers401() {
        HttpResponse<String> answer = world.get("/gateway/bot", "Bot other");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(new JsonObject(answer.body()).getString("message")).contains("401");
    }

    @Test
    void identify_afterHello_getsReadyAndTheShardsGuilds() {
        ShardClient client = world.connect();
        assertThat(client.next(10).getJsonObject("d").getInteger("heartbeat_interval")).isEqualTo(41_250);
        client.send(2, ShardClient.identity(3, 16));

        JsonObject first = client.event("READY");
        JsonObject ready = first.getJsonObject("d");
        assertThat(first.getInteger("s")).isEqualTo(1);
        assertThat(ready.getInteger("v")).isEqualTo(10);
        assertThat(ready.getJsonArray("shard")).isEqualTo(new JsonArray().add(3).add(16));
        assertThat(ready.getString("resume_gateway_url")).startsWith("ws://127.0.0.1:")
                .isNotEqualTo(upstream.url().replace("http", "ws"));
        assertThat(ready.getJsonArray("guilds")).hasSize(2);
        for (int i = 0; i < 2; i++) {
            JsonObject guild = client.event("GUILD_CREATE");
            assertThat(guild.getInteger("s")).isEqualTo(i + 2);
            long id = Long.parseLong(guild.getJsonObject("d").getString("id"));
            assertThat((id >> 22) % 16).isEqualTo(3);
        }
        assertThat(world.offences()).isEmpty();
        assertThat(upstream.seen().identifies()).singleElement().satisfies(identify -> {
            assertThat(identify.shard()).contains(new Shard(3, 16));
            assertThat(identify.key()).isEqualTo(3);
            assertThat(identify.accepted()).isTrue();
        });
        assertThat(upstream.connectionsByShard()).isEqualTo(Map.of(new Shard(3, 16), 1));
    }

    @Test
    void heartbeat_beforeAndAfterIdentify_isAcknowledged() {
        ShardClient client = world.connect();
        client.next(10);
        client.heartbeat("null").next(11);
        client.send(2, ShardClient.identity(0, 16)).events(3);
        client.heartbeat("3").next(11);

        assertThat(upstream.seen().heartbeats()).isEqualTo(2);
        assertThat(world.offences()).isEmpty();
    }

    @Test
    void publish_twoSessionsOfAShardAndOneOfAnotherCount_reachesThoseThatHaveIt() {
        upstream.rules(upstream.rules().with(draft -> draft.window = Duration.ZERO));
        List<ShardClient> same = List.of(world.connect(), world.connect());
        same.forEach(client -> client.identify(3, 16).events(3));
        ShardClient wider = world.connect();
        wider.identify(3, 8).events(5);
        ShardClient other = world.connect();
        other.identify(4, 16).events(3);

        assertThat(upstream.publish(new Shard(3, 16), "TYPING_START", "{}")).isEqualTo(2);
        assertThat(upstream.publish(GUILD, "MESSAGE_CREATE", "{\"id\":\"7\"}")).isEqualTo(3);

        for (ShardClient client : same) {
            assertThat(client.event("TYPING_START").getInteger("s")).isEqualTo(4);
            assertThat(client.event("MESSAGE_CREATE").getInteger("s")).isEqualTo(5);
        }
        assertThat(wider.event("MESSAGE_CREATE").getJsonObject("d").getString("id")).isEqualTo("7");
        assertThat(other.unread()).isZero();
    }

    @Test
    void publishSteadily_twoShards_numbersEachShardsEventsWithoutHoles() {
        ShardClient one = world.connect();
        String session = one.ready(0, 16).getString("session_id");
        one.events(2);
        ShardClient two = world.connect();
        two.ready(1, 16);
        two.events(2);
        List<JsonObject> seen = new ArrayList<>();
        try (var _ = upstream.publishSteadily(200)) {
            seen.addAll(one.events(40));
            assertThat(numbers(two.events(40))).isEqualTo(LongStream.rangeClosed(1, 40).boxed().toList());
        }

        assertThat(numbers(seen)).isEqualTo(LongStream.rangeClosed(1, 40).boxed().toList());
        SentEvents sent = upstream.sent(session);
        assertThat(sent.number(1)).isZero();
        for (JsonObject event : seen) {
            assertThat(sent.number(event.getLong("s"))).isEqualTo(event.getJsonObject("d").getInteger("n"));
        }
        long last = sent.last();
        await().until(() -> one.unread() == last - 43);
        assertThat(upstream.sent(session).last()).isEqualTo(last);
    }

    private static List<Long> numbers(List<JsonObject> events) {
        return events.stream().map(event -> event.getJsonObject("d").getLong("n")).toList();
    }

    @Test
    void requestMembers_wholeList_comesInChunksOnceInAWindow() {
        ShardClient client = world.connect();
        client.identify(3, 16).events(3);
        JsonObject request = new JsonObject().put("guild_id", Long.toString(GUILD)).put("query", "").put("limit", 0)
                .put("nonce", "n1");

        client.send(8, request);
        JsonObject first = client.event("GUILD_MEMBERS_CHUNK").getJsonObject("d");
        JsonObject second = client.event("GUILD_MEMBERS_CHUNK").getJsonObject("d");
        client.send(8, request);
        JsonObject limited = client.event("RATE_LIMITED").getJsonObject("d");

        assertThat(first.getJsonArray("members")).hasSize(1000);
        assertThat(second.getJsonArray("members")).hasSize(500);
        assertThat(List.of(first.getInteger("chunk_index"), second.getInteger("chunk_index"))).containsExactly(0, 1);
        assertThat(List.of(first.getInteger("chunk_count"), second.getInteger("chunk_count"))).containsExactly(2, 2);
        assertThat(first.getString("nonce")).isEqualTo("n1");
        assertThat(limited.getInteger("opcode")).isEqualTo(8);
        assertThat(limited.getDouble("retry_after")).isBetween(0.0, 30.0);
        assertThat(limited.getJsonObject("meta").getString("nonce")).isEqualTo("n1");
        assertThat(upstream.seen().memberRequests()).extracting(MemberRequest::answer).containsExactly(Answer.SENT,
                Answer.RATE_LIMITED);
        assertThat(world.offences()).isEmpty();
    }

    @Test
    void requestMembers_someUsers_saysWhoWasNotFound() {
        ShardClient client = world.connect();
        client.identify(3, 16).events(3);
        String member = Long.toString(GUILD + 1);

        client.send(8, new JsonObject().put("guild_id", GUILD).put("nonce", "n".repeat(33))
                .put("user_ids", new JsonArray().add(member).add("5")));

        JsonObject chunk = client.event("GUILD_MEMBERS_CHUNK").getJsonObject("d");
        assertThat(chunk.getJsonArray("members").encode()).contains(member);
        assertThat(chunk.getJsonArray("not_found")).isEqualTo(new JsonArray().add("5"));
        assertThat(chunk.containsKey("nonce")).isFalse();
    }
}
