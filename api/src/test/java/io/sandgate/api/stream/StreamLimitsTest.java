package io.sandgate.api.stream;

import io.sandgate.api.stream.RawClient.Frame;
import io.sandgate.gateway.limit.Limit;
import io.sandgate.gateway.limit.LimitSettings;
import io.sandgate.gateway.stream.pump.PumpSettings;
import io.sandgate.gateway.stream.serve.StreamSettings;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class StreamLimitsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    /// More than the kernel keeps for a client that reads nothing.
    private static final int MUCH = 12 << 20;

    private static StreamSettings settings(int max, Duration stall, Duration ping, Duration pong) {
        return new StreamSettings(max, stall, ping, pong, Duration.ofSeconds(1), Duration.ofMillis(4), false,
                PumpSettings.DEFAULT);
    }

    private static void fill(StreamServer server) {
        String data = "{\"text\":\"" + "x".repeat(10_000) + "\"}";
        for (int i = 0; i < MUCH / 10_000; i++) {
            server.log.append("a.b", "team", data);
        }
    }

    @Test
    void subscriber_thatNeverReads_isCutOff_whileOthersGoOn() throws IOException {
        try (StreamServer server = new StreamServer(settings(10, Duration.ofSeconds(1), LONG, LONG),
                LimitSettings.DEFAULT);
                RawClient socket = RawClient.webSocket(server.port(), "/events");
                RawClient stream = RawClient.eventStream(server.port(), "/events");
                RawClient other = RawClient.webSocket(server.port(), "/events?kind=c.d")) {
            fill(server);
            await().atMost(Duration.ofSeconds(20)).until(() -> server.subscribers.count() == 1);
            assertThat(server.ended("slow")).isEqualTo(2);
            assertThat(socket.isEnded()).isTrue();
            assertThat(stream.isEnded()).isTrue();

            server.log.append("c.d", "team", "{}");
            other.messages(2);
            assertThat(other.message().text()).contains("c.d");
        }
    }

    @Test
    void subscriber_thatAnswersNoPings_isTold_andClosed() throws IOException {
        try (StreamServer server = new StreamServer(
                settings(10, LONG, Duration.ofMillis(500), Duration.ofMillis(1500)), LimitSettings.DEFAULT);
                RawClient client = RawClient.webSocket(server.port(), "/events")) {
            int pings = 0;
            Frame frame = client.frame();
            while (frame.opcode() != RawClient.CLOSE) {
                pings += frame.opcode() == RawClient.PING ? 1 : 0;
                if (frame.text().contains("\"end\"")) {
                    assertThat(frame.json().getInteger("code")).isEqualTo(4008);
                    assertThat(frame.json().getString("cursor")).isEqualTo("e1:0");
                }
                frame = client.frame();
            }
            assertThat(frame.closeCode()).isEqualTo(4008);
            assertThat(pings).isPositive();
            // it does not answer the close either
            assertThat(client.isEnded()).isTrue();
            assertThat(server.ended("silent")).isEqualTo(1);
        }
    }

    @Test
    void subscriber_thatAnswersPings_isKept() throws IOException {
        try (StreamServer server = new StreamServer(
                settings(10, LONG, Duration.ofMillis(500), Duration.ofMillis(2500)), LimitSettings.DEFAULT);
                RawClient client = RawClient.webSocket(server.port(), "/events")) {
            client.messages(2);
            for (int pings = 0; pings < 8; pings++) {
                assertThat(client.frame().opcode()).isEqualTo(RawClient.PING);
                client.send(RawClient.PONG, "");
            }
            server.append(1);
            assertThat(client.message().text()).contains("e1:1");
        }
    }

    @Test
    void subscriber_overTheBound_isRefused_untilAnotherLeaves() throws IOException {
        try (StreamServer server = new StreamServer(settings(1, LONG, LONG, LONG), LimitSettings.DEFAULT);
                RawClient first = RawClient.webSocket(server.port(), "/events")) {
            first.messages(2);
            try (RawClient second = RawClient.webSocket(server.port(), "/public/events")) {
                assertThat(second.status()).isEqualTo(503);
                assertThat(second.header("retry-after")).isNotEmpty();
                assertThat(second.body().getString("reason")).isEqualTo("capacity");
            }
            first.leave();
            await().until(() -> server.subscribers.count() == 0);
            try (RawClient third = RawClient.webSocket(server.port(), "/public/events")) {
                assertThat(third.status()).isEqualTo(101);
            }
        }
    }

    @Test
    void key_withItsNumberOfStreams_isRefusedMore_untilOneIsClosed() throws IOException {
        LimitSettings limits = new LimitSettings(0, Limit.NONE, new Limit(1, 0, 1));
        try (StreamServer server = new StreamServer(settings(10, LONG, LONG, LONG), limits);
                RawClient first = RawClient.eventStream(server.port(), "/public/events")) {
            first.sent();
            try (RawClient second = RawClient.webSocket(server.port(), "/public/events");
                    RawClient bad = RawClient.webSocket(server.port(), "/public/events?after=x")) {
                assertThat(second.status()).isEqualTo(429);
                assertThat(second.header("retry-after")).isEqualTo("5");
                assertThat(second.body().getString("reason")).isEqualTo("limit");
                assertThat(bad.status()).isEqualTo(400);
            }
            first.leave();
            await().until(() -> server.subscribers.count() == 0);
            try (RawClient third = RawClient.webSocket(server.port(), "/public/events")) {
                assertThat(third.status()).isEqualTo(101);
            }
        }
    }

    @Test
    void upgrade_thatFails_takesNoPlace() throws IOException {
        try (StreamServer server = new StreamServer(settings(1, LONG, LONG, LONG), LimitSettings.DEFAULT);
                RawClient bad = new RawClient(server.port(),
                        "GET /events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                                + "Upgrade: websocket\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")) {
            assertThat(bad.status()).isEqualTo(426);
            assertThat(bad.header("sec-websocket-version")).isEqualTo("13");
            assertThat(bad.body().getString("reason")).isEqualTo("upgrade_invalid");
            await().until(() -> server.subscribers.count() == 0);
        }
    }

    @Test
    void compression_thatIsOff_isNotNegotiated() throws IOException {
        try (StreamServer server = new StreamServer(settings(1, LONG, LONG, LONG), LimitSettings.DEFAULT);
                RawClient client = RawClient.webSocket(server.port(), "/events",
                        "Sec-WebSocket-Extensions: permessage-deflate")) {
            assertThat(client.header("sec-websocket-extensions")).isEmpty();
            assertThat(client.messages(2)).noneMatch(Frame::compressed);
        }
    }

    @Test
    void refusal_forWantOfRoom_takesNoPlaceOfTheKey() throws IOException {
        LimitSettings limits = new LimitSettings(0, Limit.NONE, new Limit(1, 0, 1));
        try (StreamServer server = new StreamServer(settings(1, LONG, LONG, LONG), limits);
                RawClient first = RawClient.webSocket(server.port(), "/events")) {
            first.messages(2);
            for (int i = 0; i < 2; i++) {
                try (RawClient refused = RawClient.webSocket(server.port(), "/public/events")) {
                    assertThat(refused.body().getString("reason")).isEqualTo("capacity");
                }
            }
            server.subscribers.drain(LONG);
            for (int i = 0; i < 2; i++) {
                try (RawClient refused = RawClient.webSocket(server.port(), "/public/events")) {
                    assertThat(refused.body().getString("reason")).isEqualTo("draining");
                }
            }
        }
    }

    @Test
    void drain_ofWhoReadsNothing_ends() throws IOException {
        try (StreamServer server = new StreamServer(settings(10, LONG, LONG, LONG), LimitSettings.DEFAULT);
                RawClient socket = RawClient.webSocket(server.port(), "/events");
                RawClient stream = RawClient.eventStream(server.port(), "/events")) {
            fill(server);
            server.subscribers.drain(LONG).toCompletableFuture().join();
            assertThat(server.subscribers.count()).isZero();
            assertThat(socket.isEnded()).isTrue();
            assertThat(stream.isEnded()).isTrue();
        }
    }
}
