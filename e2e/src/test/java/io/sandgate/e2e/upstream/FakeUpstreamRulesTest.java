package io.sandgate.e2e.upstream;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class FakeUpstreamRulesTest {
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

    @ParameterizedTest
    @CsvSource({"/?v=9&encoding=json, 4012", "/?encoding=json, 4012", "/?v=10&encoding=etf, 4002",
            "/?v=10&encoding=json&compress=lzma, 4002"})
    void connect_withOtherQuery_isClosed(String query, int code) {
        ShardClient client = world.connect(upstream.url().replace("http", "ws"), query);

        assertThat(client.closeCode()).isEqualTo(code);
        assertThat(world.offences()).hasSize(1);
    }

    @Test
    void send_beforeIdentify_isClosed() {
        ShardClient client = world.connect();
        client.next(10);
        client.send(8, new JsonObject());

        world.assertOffended(client, Rule.NOT_AUTHENTICATED);
    }

    @Test
    void send_unknownOpcode_isClosed() {
        ShardClient client = live();
        client.send(77, new JsonObject());

        world.assertOffended(client, Rule.UNKNOWN_OPCODE);
    }

    @Test
    void send_noJson_isClosed() {
        ShardClient client = live();
        client.send("{");

        world.assertOffended(client, Rule.DECODE);
    }

    @Test
    void send_binary_isClosed() {
        ShardClient client = live();
        client.sendBinary();

        world.assertOffended(client, Rule.DECODE);
    }

    @Test
    void send_largestMessage_isNoOffenceAndOneByteMoreIs() {
        ShardClient client = live();
        String shell = "{\"op\":3,\"d\":\"\"}";
        client.send(shell.replace("\"\"", "\"" + "x".repeat(4096 - shell.length()) + "\""));
        client.heartbeat("1").next(11);
        assertThat(world.offences()).isEmpty();

        client.send(shell.replace("\"\"", "\"" + "x".repeat(4097 - shell.length()) + "\""));

        world.assertOffended(client, Rule.PAYLOAD_SIZE);
    }

    @Test
    void send_asOftenAsAllowed_isNoOffenceAndOnceMoreIs() {
        ShardClient client = live();
        for (int i = 1; i < 120; i++) {
            client.heartbeat("1");
        }
        for (int i = 1; i < 120; i++) {
            client.next(11);
        }
        assertThat(world.offences()).isEmpty();

        client.heartbeat("1");

        world.assertOffended(client, Rule.SEND_RATE);
    }

    @Test
    void heartbeat_sequenceThatWasNotSent_isClosed() {
        ShardClient client = live();
        client.heartbeat("2");

        world.assertOffended(client, Rule.SEQUENCE_TOO_HIGH);
        assertThat(upstream.liveSessions()).isEmpty();
    }

    @Test
    void heartbeat_absent_isClosedAndEndsTheSession() {
        change(draft -> draft.heartbeatInterval = Duration.ofMillis(200));
        ShardClient client = live();

        world.assertOffended(client, Rule.HEARTBEAT_ABSENT);
        assertThat(upstream.liveSessions()).isEmpty();
    }

    @Test
    void heartbeat_inTime_isNoOffence() {
        change(draft -> draft.heartbeatInterval = Duration.ofSeconds(1));
        ShardClient client = live();
        ShardClient silent = world.connect();

        await().pollInterval(Duration.ofMillis(50)).until(() -> {
            client.heartbeat("1").next(11);
            return !silent.isOpen();
        });

        client.heartbeat("1").next(11);
        world.assertOffended(silent, Rule.HEARTBEAT_ABSENT);
    }

    @Test
    void requestMembers_wholeListWithoutIntent_isRecorded() {
        ShardClient client = world.connect();
        change(draft -> draft.guildsPerShard = 1);
        client.next(10);
        client.send(2, ShardClient.identity(1, 16).put("intents", 1)).events(2);
        client.send(8, new JsonObject().put("guild_id", Long.toString(1L << 22)).put("query", "").put("limit", 0));
        client.heartbeat("1").next(11);

        assertThat(world.offences()).containsExactly(Rule.MEMBERS_INTENT);
    }
}
