package io.sandgate.api.stream;

import io.sandgate.api.stream.RawClient.Frame;
import io.sandgate.gateway.limit.LimitSettings;
import io.sandgate.gateway.stream.pump.PumpSettings;
import io.sandgate.gateway.stream.serve.StreamSettings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class StreamApiTest {
    private static final PumpSettings PUMP = new PumpSettings(256, 256 << 10, 64 << 10, 512, 128 << 10,
            Duration.ofMillis(700));
    private static final StreamSettings SETTINGS = new StreamSettings(100, Duration.ofSeconds(10),
            Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(2), Duration.ofMillis(4), true, PUMP);

    private final StreamServer server = new StreamServer(SETTINGS, LimitSettings.DEFAULT);

    @AfterEach
    void close() {
        server.close();
    }

    private static List<String> texts(List<Frame> frames) {
        return frames.stream().map(Frame::text).toList();
    }

    @Test
    void webSocket_fromThePastOn_getsHelloEventsLiveAndWhatComes() throws IOException {
        server.append(3);
        try (RawClient client = RawClient.webSocket(server.port(), "/events?after=e1:1")) {
            assertThat(client.status()).isEqualTo(101);
            assertThat(texts(client.messages(4))).containsExactly(
                    "{\"type\":\"hello\",\"cursor\":\"e1:1\",\"replica\":\"r1\"}",
                    "{\"type\":\"event\",\"cursor\":\"e1:2\",\"kind\":\"a.b\",\"data\":{\"n\":1}}",
                    "{\"type\":\"event\",\"cursor\":\"e1:3\",\"kind\":\"a.b\",\"data\":{\"n\":2}}",
                    "{\"type\":\"live\",\"cursor\":\"e1:3\"}");
            server.append(1);
            assertThat(client.message().json().getString("cursor")).isEqualTo("e1:4");
            assertThat(client.message().text()).isEqualTo("{\"type\":\"cursor\",\"cursor\":\"e1:4\"}");
        }
    }

    @Test
    void eventStream_hasTheSame_withIdsToGoOnFrom() throws IOException {
        server.append(2);
        try (RawClient client = RawClient.eventStream(server.port(), "/events?after=oldest")) {
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.header("content-type")).isEqualTo("text/event-stream");
            assertThat(client.header("cache-control")).isEqualTo("no-store");
            assertThat(client.header("x-accel-buffering")).isEqualTo("no");
            assertThat(client.sent()).containsExactly("id: e1:0", "event: hello",
                    "data: {\"type\":\"hello\",\"cursor\":\"e1:0\",\"replica\":\"r1\"}");
            assertThat(client.sent()).containsExactly("id: e1:1",
                    "data: {\"type\":\"event\",\"cursor\":\"e1:1\",\"kind\":\"a.b\",\"data\":{\"n\":0}}");
            assertThat(client.sent()).first().isEqualTo("id: e1:2");
            assertThat(client.sent()).containsExactly("id: e1:2", "event: live",
                    "data: {\"type\":\"live\",\"cursor\":\"e1:2\"}");
            server.append(1);
            assertThat(client.sent()).first().isEqualTo("id: e1:3");
            assertThat(client.sent()).containsExactly("id: e1:3", "event: cursor",
                    "data: {\"type\":\"cursor\",\"cursor\":\"e1:3\"}");
        }
    }

    @Test
    void eventStream_ofABrowserThatConnectsAgain_goesOnWhereItWas() throws IOException {
        server.append(5);
        try (RawClient client = RawClient.eventStream(server.port(), "/events", "Last-Event-ID: e1:4")) {
            assertThat(client.sent()).first().isEqualTo("id: e1:4");
            assertThat(client.sent()).first().isEqualTo("id: e1:5");
        }
        try (RawClient client = RawClient.eventStream(server.port(), "/events?after=oldest", "Last-Event-ID: e1:5")) {
            assertThat(client.sent()).first().isEqualTo("id: e1:5");
            assertThat(client.sent()).contains("event: live");
        }
    }

    @Test
    void snapshot_isSentFirst_andIsNothingToGoOnFromUntilItIsComplete() throws IOException {
        server.append(25);
        try (RawClient client = RawClient.eventStream(server.port(), "/events?snapshot=true")) {
            assertThat(client.sent()).first().isEqualTo("event: hello");
            assertThat(client.sent()).contains("data: {\"type\":\"state\",\"count\":10,\"cursor\":\"e1:25\"}");
            for (int i = 0; i < 10; i++) {
                assertThat(client.sent()).singleElement().asString().startsWith("data: {\"type\":\"event\"");
            }
            assertThat(client.sent()).startsWith("id: e1:25", "event: state_end");
            assertThat(client.sent()).contains("event: live");
        }
        try (RawClient again = RawClient.eventStream(server.port(), "/events?snapshot=true", "Last-Event-ID: e1:24")) {
            assertThat(again.sent()).startsWith("id: e1:24", "event: hello");
            assertThat(again.sent()).first().isEqualTo("id: e1:25");
        }
        server.log.forgetUpTo(24);
        try (RawClient late = RawClient.eventStream(server.port(), "/events?snapshot=true", "Last-Event-ID: e1:3")) {
            late.sent();
            assertThat(late.sent()).contains("event: state");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            after=5                      | 400 | cursor_malformed
            after=                       | 400 | cursor_malformed
            after=e1:-1                  | 400 | cursor_malformed
            after=e1:01                  | 400 | cursor_malformed
            after=e1:9223372036854775808 | 400 | cursor_malformed
            after=e%20:1                 | 400 | cursor_malformed
            after=e1:11                  | 400 | cursor_ahead
            after=e1:4                   | 410 | cursor_too_old
            after=e1:0                   | 410 | cursor_too_old
            after=e2:7                   | 410 | cursor_other_epoch
            kind=Sandbox                 | 400 | filter_invalid
            kind=                        | 400 | filter_invalid
            sandbox=a,,b                 | 400 | filter_invalid
            metadata=a                   | 400 | filter_invalid
            metadata=a%3D%25zz           | 400 | filter_invalid
            since=3                      | 400 | query_invalid
            after=e1:7&after=e1:8        | 400 | query_invalid
            after=e1:7&snapshot=true     | 400 | query_invalid
            snapshot=yes                 | 400 | query_invalid
            ticket=t                     | 400 | query_invalid
            """)
    void query_thatCannotBe_isRefusedBeforeTheUpgrade(String query, int status, String reason) throws IOException {
        server.append(10);
        server.log.forgetUpTo(5);
        try (RawClient socket = RawClient.webSocket(server.port(), "/events?" + query);
                RawClient stream = RawClient.eventStream(server.port(), "/events?" + query)) {
            for (RawClient client : List.of(socket, stream)) {
                assertThat(client.status()).isEqualTo(status);
                JsonObject body = client.body();
                assertThat(body.getInteger("code")).isEqualTo(status);
                assertThat(body.getString("reason")).isEqualTo(reason);
                assertThat(body.getString("epoch")).isEqualTo("e1");
                assertThat(body.getInteger("floor")).isEqualTo(6);
                assertThat(body.getInteger("tip")).isEqualTo(10);
                assertThat(body.getString("message")).isNotBlank();
            }
        }
        assertThat(server.subscribers.count()).isZero();
    }

    @Test
    void lastEventId_thatIsNone_isRefused() throws IOException {
        try (RawClient client = RawClient.eventStream(server.port(), "/events", "Last-Event-ID: x")) {
            assertThat(client.body().getString("reason")).isEqualTo("cursor_malformed");
        }
    }

    @Test
    void lastEventId_ofAWebSocket_isNone() throws IOException {
        server.append(2);
        try (RawClient client = RawClient.webSocket(server.port(), "/events", "Last-Event-ID: e1:1")) {
            assertThat(texts(client.messages(2))).containsExactly(
                    "{\"type\":\"hello\",\"cursor\":\"e1:2\",\"replica\":\"r1\"}",
                    "{\"type\":\"live\",\"cursor\":\"e1:2\"}");
        }
    }

    @Test
    void webSocket_withABody_isRefused() throws IOException {
        try (RawClient client = RawClient.webSocket(server.port(), "/events", "Content-Length: 3")) {
            assertThat(client.status()).isEqualTo(400);
            assertThat(client.body().getString("reason")).isEqualTo("upgrade_invalid");
        }
    }

    @Test
    void team_seesWhatBelongsToIt_andMayAskForNothingElse() throws IOException {
        server.log.append("a.b", "other", "{}");
        server.log.append("a.b", "team", "{}");
        server.log.append("a.b", "", "{}");
        try (RawClient client = RawClient.webSocket(server.port(), "/public/events?after=oldest&owner=team&ticket=t")) {
            assertThat(client.messages(3)).extracting(each -> each.json().getString("cursor"))
                    .containsExactly("e1:0", "e1:2", "e1:3");
        }
        for (String uri : List.of("/public/events?after=oldest", "/public/events?snapshot=true")) {
            try (RawClient client = RawClient.eventStream(server.port(), uri)) {
                List<String> lines = new ArrayList<>();
                while (!lines.contains("event: live")) {
                    lines.addAll(client.sent());
                }
                assertThat(lines).filteredOn(line -> line.contains("a.b")).singleElement().asString().contains("e1:2");
            }
        }
        try (RawClient client = RawClient.webSocket(server.port(), "/public/events?owner=team,other")) {
            assertThat(client.status()).isEqualTo(403);
            assertThat(client.body().getString("message")).contains("other").contains("team");
        }
        try (RawClient client = RawClient.webSocket(server.port(), "/events?after=oldest&owner=other")) {
            assertThat(client.messages(3)).extracting(each -> each.json().getString("cursor"))
                    .containsExactly("e1:0", "e1:1", "e1:3");
        }
    }

    @Test
    void page_ofABrowser_isRefusedOnTheAdminListener_andWelcomeOnThePublicOne() throws IOException {
        try (RawClient admin = RawClient.webSocket(server.port(), "/events", "Origin: http://x");
                RawClient open = RawClient.webSocket(server.port(), "/public/events", "Origin: http://x")) {
            assertThat(admin.status()).isEqualTo(403);
            assertThat(open.status()).isEqualTo(101);
        }
    }

    @Test
    void method_otherThanGet_isNamed() throws IOException {
        try (RawClient client = new RawClient(server.port(), "POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 0")) {
            assertThat(client.status()).isEqualTo(405);
            assertThat(client.header("allow")).isEqualTo("GET");
        }
    }

    @Test
    void data_thatASubscriberSends_endsIt() throws IOException {
        try (RawClient client = RawClient.webSocket(server.port(), "/events")) {
            client.messages(2);
            client.send(RawClient.TEXT, "hello");
            assertThat(client.message().json().getInteger("code")).isEqualTo(1008);
            assertThat(client.message().closeCode()).isEqualTo(1008);
            client.send(RawClient.CLOSE, "");
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void frame_thatIsNone_endsIt() throws IOException {
        try (RawClient client = RawClient.webSocket(server.port(), "/events")) {
            client.messages(2);
            client.send(3, "hello");
            assertThat(client.message().json().getInteger("code")).isEqualTo(1008);
            assertThat(client.message().closeCode()).isEqualTo(1008);
            // nothing that it says would be understood
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void ping_ofASubscriber_isAnswered_andItsCloseAsWell() throws IOException {
        try (RawClient client = RawClient.webSocket(server.port(), "/events")) {
            client.messages(2);
            client.send(RawClient.PING, "p");
            Frame pong = client.message();
            assertThat(pong.opcode()).isEqualTo(RawClient.PONG);
            assertThat(pong.text()).isEqualTo("p");
            client.send(RawClient.CLOSE, "");
            assertThat(client.message().opcode()).isEqualTo(RawClient.CLOSE);
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void compression_isNegotiated_andChangesNothingButTheBytes() throws IOException {
        server.append(300);
        String uri = "/events?after=oldest";
        try (RawClient plain = RawClient.webSocket(server.port(), uri);
                RawClient deflated = RawClient.webSocket(server.port(), uri,
                        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
                RawClient unable = RawClient.webSocket(server.port(), uri,
                        "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9")) {
            assertThat(plain.header("sec-websocket-extensions")).isEmpty();
            assertThat(unable.header("sec-websocket-extensions")).isEmpty();
            assertThat(deflated.header("sec-websocket-extensions"))
                    .isEqualTo("permessage-deflate; server_no_context_takeover; client_no_context_takeover");
            List<Frame> expected = plain.messages(302);
            List<Frame> found = deflated.messages(302);
            assertThat(texts(found)).isEqualTo(texts(expected));
            assertThat(texts(unable.messages(302))).isEqualTo(texts(expected));
            assertThat(expected).noneMatch(Frame::compressed);
            assertThat(found.subList(1, 301)).allMatch(Frame::compressed);
            server.append(1);
            assertThat(deflated.message().text()).isEqualTo(plain.message().text());
        }
    }

    @Test
    void drain_givesEachItsPlace_andTakesNobodyAnyMore() throws IOException {
        server.append(4);
        try (RawClient socket = RawClient.webSocket(server.port(), "/events");
                RawClient stream = RawClient.eventStream(server.port(), "/events")) {
            socket.messages(2);
            stream.sent();
            stream.sent();
            var drained = server.subscribers.drain(Duration.ofSeconds(5));
            JsonObject end = socket.message().json();
            assertThat(end.getString("type")).isEqualTo("end");
            assertThat(end.getInteger("code")).isEqualTo(1001);
            assertThat(end.getString("cursor")).isEqualTo("e1:4");
            assertThat(socket.message().closeCode()).isEqualTo(1001);
            socket.send(RawClient.CLOSE, "");
            assertThat(stream.sent()).startsWith("id: e1:4", "event: end");
            assertThat(stream.isEnded()).isTrue();
            drained.toCompletableFuture().join();
        }
        assertThat(server.subscribers.count()).isZero();
        try (RawClient late = RawClient.webSocket(server.port(), "/events")) {
            assertThat(late.status()).isEqualTo(503);
            assertThat(late.header("retry-after")).isNotEmpty();
            assertThat(late.body().getString("reason")).isEqualTo("draining");
        }
    }

    @Test
    void key_thatIsRevoked_endsItsSubscriptionsOnly() throws IOException {
        try (RawClient admin = RawClient.webSocket(server.port(), "/events");
                RawClient team = RawClient.webSocket(server.port(), "/public/events")) {
            admin.messages(2);
            team.messages(2);
            server.subscribers.revoke(who -> who.keyId().equals("k1"));
            assertThat(team.message().json().getInteger("code")).isEqualTo(4003);
            assertThat(team.message().closeCode()).isEqualTo(4003);
            server.append(1);
            assertThat(admin.message().json().getString("cursor")).isEqualTo("e1:1");
        }
    }

    @Test
    void reader_thatStopsForAWhile_getsAllInOrder() throws IOException {
        String data = "{\"text\":\"" + "x".repeat(500) + "\"}";
        try (RawClient client = RawClient.webSocket(server.port(), "/events")) {
            client.messages(2);
            for (int i = 0; i < 20_000; i++) {
                server.log.append("a.b", "team", data);
            }
            List<String> cursors = new ArrayList<>();
            while (cursors.size() < 20_000) {
                JsonObject json = client.message().json();
                if (json.getString("type").equals("event")) {
                    cursors.add(json.getString("cursor"));
                }
            }
            for (int i = 0; i < 20_000; i++) {
                assertThat(cursors.get(i)).isEqualTo("e1:" + (i + 1));
            }
        }
    }
}
