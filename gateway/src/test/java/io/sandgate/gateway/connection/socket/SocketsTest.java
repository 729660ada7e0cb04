package io.sandgate.gateway.connection.socket;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.socket.FakeOpener.FakeHeld;
import io.sandgate.gateway.connection.socket.RawClient.Frame;
import io.sandgate.gateway.limit.ConnectionLimits;
import io.sandgate.gateway.limit.Lease;
import io.sandgate.gateway.limit.LimitSettings;
import io.sandgate.gateway.websocket.Handshake;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SocketsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final SocketSettings PATIENT = new SocketSettings(256 * 1024, 4096, 100, LONG, LONG,
            LONG.multipliedBy(2), LONG);
    private static final String HELLO = "{\"type\":\"connected\",\"client\":\"u1\",\"connection\":\"c-u1\",\"replica\":\"r1\"}";

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ConnectionLimits limits = new ConnectionLimits(LimitSettings.DEFAULT, System::nanoTime, meters);
    private final FakeOpener opener = new FakeOpener();
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private @Nullable HttpServer server;

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    private RawClient connect(SocketSettings settings, String client, byte... behind) throws IOException {
        if (server == null) {
            Sockets sockets = new Sockets(opener, "r1", (team, keyId) -> !revoked.contains(team + "/" + keyId),
                    settings, System::nanoTime, meters);
            server = vertx
                    .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false).setSendBufferSize(65_536))
                    .requestHandler(request -> open(sockets, request)).listen(0, "127.0.0.1").await();
        }
        return new RawClient(server.actualPort(), "/?client=" + client, behind);
    }

    private void open(Sockets sockets, HttpServerRequest request) {
        Handshake.accept(((ConnectionBase) request.connection()).channel(), request.getHeader("Sec-WebSocket-Key"),
                request.response().headers())
                .ifPresent(socket -> sockets.open(socket,
                        new Entrant(new ClientKey("team", request.getParam("client")), "k1",
                                room -> !room.equals("secret")),
                        (Lease) limits.admit("192.0.2.1", "k1")));
    }

    /// Connects and reads the first message.
    private RawClient connected(SocketSettings settings) throws IOException {
        opener.known.complete(null);
        RawClient client = connect(settings, "u1");
        assertThat(client.readText()).isEqualTo(HELLO);
        return client;
    }

    private FakeHeld held() {
        return opener.held.getFirst();
    }

    private double cut(String reason) {
        return meters.get("sandgate.connections.cut").tag("reason", reason).counter().count();
    }

    private void awaitClosed() {
        await().untilAsserted(() -> assertThat(held().asked).contains("closed"));
        assertThat(held().asked).containsOnlyOnce("closed");
        assertThat(meters.get("sandgate.connections.leases").gauge().value()).isEqualTo(0);
        assertThat(held().socket.deliver("late")).isFalse();
    }

    private static void assertEnds(RawClient client, int code) throws IOException {
        JsonObject end = new JsonObject(client.readText());
        assertThat(end.getString("type")).isEqualTo("end");
        assertThat(end.getInteger("code")).isEqualTo(code);
        Frame close = client.readUntil(RawClient.CLOSE);
        assertThat(close.closeCode()).isEqualTo(code);
        assertThat(close.closeReason()).isEqualTo(end.getString("reason")).isNotEmpty();
        client.send(RawClient.CLOSE, true, close.payload().getBytes());
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void open_messagesBeforeItIsKnown_comeAfterTheFirstOne() throws IOException {
        try (RawClient client = connect(PATIENT, "u1")) {
            await().until(() -> !opener.held.isEmpty());
            assertThat(held().socket.deliver("one")).isTrue();
            assertThat(held().socket.deliver("two")).isTrue();
            opener.known.complete(null);
            assertThat(held().socket.deliver("three")).isTrue();

            assertThat(client.readText()).isEqualTo(HELLO);
            assertThat(client.readText()).isEqualTo("one");
            assertThat(client.readText()).isEqualTo("two");
            assertThat(client.readText()).isEqualTo("three");
        }
    }

    @Test
    void open_supersededBeforeItIsKnown_getsWhatWasTakenAndTheReason() throws IOException {
        try (RawClient client = connect(PATIENT, "u1")) {
            await().until(() -> !opener.held.isEmpty());
            assertThat(held().socket.deliver("one")).isTrue();
            held().socket.close(4010, "a newer connection of this client");

            assertThat(client.readText()).isEqualTo(HELLO);
            assertThat(client.readText()).isEqualTo("one");
            assertEnds(client, 4010);
            awaitClosed();
        }
    }

    @Test
    void open_whenNoneIsOpened_saysWhyAndGivesThePlaceBack() throws IOException {
        try (RawClient client = connect(PATIENT, "late")) {
            assertEnds(client, 1001);
        }
        await().untilAsserted(() -> assertThat(meters.get("sandgate.connections.leases").gauge().value()).isZero());
    }

    @Test
    void open_framesSentTogetherWithTheRequest_areTaken() throws IOException {
        opener.known.complete(null);
        byte[] ping = RawClient.frame(RawClient.TEXT, true, "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8));
        try (RawClient client = connect(PATIENT, "u1", ping)) {
            assertThat(client.readText()).isEqualTo(HELLO);
            assertThat(client.readText()).isEqualTo("{\"type\":\"pong\"}");
        }
    }

    @Test
    void received_whatClientsMayAsk_isDoneAndAnswered() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.text("{\"type\":\"join\",\"room\":\"a\"}");
            assertThat(client.readText()).isEqualTo("{\"type\":\"joined\",\"room\":\"a\"}");
            client.send(RawClient.TEXT, false, "{\"type\":\"leave\",".getBytes(StandardCharsets.UTF_8));
            client.send(RawClient.PING, true, new byte[]{1});
            client.send(RawClient.CONTINUATION, false, "\"room\":".getBytes(StandardCharsets.UTF_8));
            client.send(RawClient.CONTINUATION, true, "\"a\"}".getBytes(StandardCharsets.UTF_8));
            assertThat(client.read().opcode()).isEqualTo(RawClient.PONG);
            assertThat(client.readText()).isEqualTo("{\"type\":\"left\",\"room\":\"a\"}");
            client.text("{\"type\":\"ping\"}");
            assertThat(client.readText()).isEqualTo("{\"type\":\"pong\"}");

            assertThat(held().asked).containsExactly("join a", "leave a");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "a/b", "", "ä", "full", "a b"})
    void received_roomThatCannotBeJoined_isAnErrorAndNoEnd(String room) throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.text("{\"type\":\"join\",\"room\":\"" + room + "\"}");
            assertThat(client.readText()).startsWith("{\"type\":\"error\",\"message\":\"room: " + room);
            client.text("{\"type\":\"ping\"}");
            assertThat(client.readText()).isEqualTo("{\"type\":\"pong\"}");

            assertThat(held().asked).isSubsetOf("join full");
        }
    }

    @Test
    void received_roomThatIsNotAllowed_isNotLeftEither() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.text("{\"type\":\"leave\",\"room\":\"secret\"}");
            assertThat(client.readText()).startsWith("{\"type\":\"error\"");

            assertThat(held().asked).isEmpty();
        }
    }

    @Test
    void received_binary_ends1003() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.send(RawClient.BINARY, true, new byte[]{1, 2});
            assertEnds(client, 1003);
            awaitClosed();
        }
    }

    @Test
    void received_noJson_ends1008AndNothingMoreIsDone() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.text("hello");
            client.text("{\"type\":\"join\",\"room\":\"a\"}");
            assertEnds(client, 1008);
            awaitClosed();
            assertThat(held().asked).containsExactly("closed");
            assertThat(cut("bad_frame")).isEqualTo(1);
        }
    }

    @Test
    void received_noUtf8_ends() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.send(RawClient.TEXT, true, new byte[]{'"', (byte) 0xff, '"'});
            assertEnds(client, 1007);
            awaitClosed();
        }
    }

    @Test
    void received_frameOverTheLimit_ends1009() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.send(RawClient.TEXT, true, new byte[4097]);
            // the decoder closes by itself, and does not wait for the client to do so
            assertThat(client.readUntil(RawClient.CLOSE).closeCode()).isEqualTo(1009);
            assertThat(client.isEnded()).isTrue();
            awaitClosed();
            assertThat(cut("bad_frame")).isEqualTo(1);
        }
    }

    @Test
    void received_fragmentsOverTheLimit_ends1009() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.send(RawClient.TEXT, false, " ".repeat(4096).getBytes(StandardCharsets.UTF_8));
            client.send(RawClient.CONTINUATION, false, " ".getBytes(StandardCharsets.UTF_8));
            assertEnds(client, 1009);
            awaitClosed();
        }
    }

    @Test
    void received_tooManyFrames_ends4029() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            for (int i = 0; i <= 100; i++) {
                client.send(RawClient.PING, true, new byte[0]);
            }
            assertEnds(client, 4029);
            awaitClosed();
            assertThat(cut("flood")).isEqualTo(1);
        }
    }

    @Test
    void received_pingsOfOneWhoNeverReads_areAnsweredOnlyWhileThereIsRoom() throws IOException {
        SocketSettings settings = new SocketSettings(256 * 1024, 4096, 1_000_000, LONG, LONG, LONG.multipliedBy(2),
                LONG);
        try (RawClient client = connected(settings)) {
            byte[] data = new byte[125];
            for (int i = 0; i < 20_000; i++) {
                client.send(RawClient.PING, true, data);
            }
            client.text("{\"type\":\"join\",\"room\":\"a\"}");
            await().until(() -> held().asked.contains("join a"));

            int pongs = 0;
            Frame frame = client.read();
            while (frame.opcode() == RawClient.PONG) {
                pongs++;
                frame = client.read();
            }
            assertThat(frame.text()).isEqualTo("{\"type\":\"joined\",\"room\":\"a\"}");
            assertThat(pongs).isPositive().isLessThan(10_000);
            client.send(RawClient.PING, true, data);
            assertThat(client.read().opcode()).isEqualTo(RawClient.PONG);
        }
    }

    @Test
    void close_bySomebody_saysWhyOnce() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            held().socket.close(4010, "a newer connection of this client");
            held().socket.close(1001, "the replica is going down");
            assertEnds(client, 4010);
            awaitClosed();
        }
    }

    @Test
    void close_longReason_isCutToWhatFits() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            held().socket.close(4010, "é".repeat(100));

            assertThat(client.readText()).contains("é".repeat(100));
            assertThat(client.readUntil(RawClient.CLOSE).closeReason()).isEqualTo("é".repeat(61));
        }
    }

    @Test
    void close_clientDoesNotClose_isCut() throws IOException {
        SocketSettings settings = new SocketSettings(256 * 1024, 4096, 100, LONG, LONG, LONG.multipliedBy(2), SHORT);
        try (RawClient client = connected(settings)) {
            held().socket.close(4010, "a newer connection of this client");
            assertThat(client.isEnded()).isTrue();
            awaitClosed();
            assertThat(cut("lingering")).isEqualTo(1);
        }
    }

    @Test
    void close_byTheClient_isAnsweredAndTold() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.send(RawClient.CLOSE, true, new byte[]{3, (byte) 0xe8});
            assertThat(client.readUntil(RawClient.CLOSE).closeCode()).isEqualTo(1000);
            awaitClosed();
        }
    }

    @Test
    void close_clientIsGone_isTold() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            client.reset();
            awaitClosed();
        }
    }

    @Test
    void deliver_clientNeverReads_isRefusedAndThenCut() throws IOException {
        SocketSettings settings = new SocketSettings(256 * 1024, 4096, 100, SHORT, LONG, LONG.multipliedBy(2), LONG);
        try (RawClient client = connected(settings)) {
            int taken = fill();
            assertThat(taken).isBetween(4, 1000);
            awaitClosed();
            assertThat(cut("slow")).isEqualTo(1);
            assertThat(meters.get("sandgate.connections.full").counter().count()).isPositive();
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void close_clientNeverReads_isCut() throws IOException {
        SocketSettings settings = new SocketSettings(256 * 1024, 4096, 100, LONG, LONG, LONG.multipliedBy(2), SHORT);
        try (RawClient client = connected(settings)) {
            fill();
            held().socket.close(4010, "a newer connection of this client");
            awaitClosed();
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void close_byAClientThatNeverReads_isCut() throws IOException {
        SocketSettings settings = new SocketSettings(256 * 1024, 4096, 100, LONG, LONG, LONG.multipliedBy(2), SHORT);
        try (RawClient client = connected(settings)) {
            fill();
            client.send(RawClient.CLOSE, true, new byte[]{3, (byte) 0xe8});
            awaitClosed();
            assertThat(cut("lingering")).isEqualTo(1);
        }
    }

    @Test
    void close_byTheHttpServer_ends1001() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            Future<Void> stopped = Objects.requireNonNull(server).shutdown(20, TimeUnit.SECONDS);
            Frame close = client.readUntil(RawClient.CLOSE);
            assertThat(close.closeCode()).isEqualTo(1001);
            client.send(RawClient.CLOSE, true, close.payload().getBytes());
            assertThat(client.isEnded()).isTrue();
            awaitClosed();
            stopped.await();
        }
    }

    @Test
    void deliver_clientReadsAgain_isTakenAgainAndNothingIsLost() throws IOException {
        try (RawClient client = connected(PATIENT)) {
            int taken = fill();
            for (int i = 0; i < taken; i++) {
                assertThat(client.readText()).startsWith(i + " ");
            }
            await().until(() -> held().socket.deliver("more"));
            assertThat(client.readText()).isEqualTo("more");
        }
    }

    @Test
    void received_questionsOfOneWhoNeverReads_end() throws IOException {
        SocketSettings settings = new SocketSettings(256 * 1024, 4096, 100, LONG, LONG, LONG.multipliedBy(2), SHORT);
        try (RawClient client = connected(settings)) {
            fill();
            // room for less than an answer
            while (held().socket.deliver("")) {
                assertThat(held().asked).isEmpty();
            }
            client.text("{\"type\":\"ping\"}");
            awaitClosed();
            assertThat(cut("slow")).isEqualTo(1);
        }
    }

    /// Sends until nothing more is taken, and the socket's buffers are full; returns how many messages were.
    private int fill() {
        String rest = " " + "x".repeat(65_536);
        int taken = 0;
        int refused = 0;
        // what is taken moves on into the buffers of the socket
        while (refused < 50) {
            if (held().socket.deliver(taken + rest)) {
                taken++;
                refused = 0;
            } else {
                refused++;
                vertx.executeBlocking(() -> true).await();
            }
        }
        return taken;
    }

    @Test
    void check_clientNeverAnswersPings_isCut() throws IOException {
        SocketSettings settings = new SocketSettings(256 * 1024, 4096, 100, LONG, SHORT, SHORT.multipliedBy(3), LONG);
        try (RawClient client = connected(settings)) {
            assertThat(client.read().opcode()).isEqualTo(RawClient.PING);
            assertThat(client.isEnded()).isTrue();
            awaitClosed();
            assertThat(cut("silent")).isEqualTo(1);
        }
    }

    @Test
    void check_clientOnlyAnswersPings_staysOpen() throws IOException {
        SocketSettings settings = new SocketSettings(256 * 1024, 4096, 100, LONG, SHORT, SHORT.multipliedBy(4), LONG);
        try (RawClient client = connected(settings)) {
            for (int i = 0; i < 8; i++) {
                assertThat(client.read().opcode()).isEqualTo(RawClient.PING);
                client.send(RawClient.PONG, true, new byte[0]);
            }
            assertThat(held().asked).isEmpty();
            assertThat(held().socket.deliver("still here")).isTrue();
            assertThat(client.readText()).isEqualTo("still here");
        }
    }

    @Test
    void check_keyWasRevoked_ends4003() throws IOException {
        SocketSettings settings = new SocketSettings(256 * 1024, 4096, 100, SHORT, LONG, LONG.multipliedBy(2), LONG);
        try (RawClient client = connected(settings)) {
            revoked.add("team/k1");
            assertEnds(client, 4003);
            awaitClosed();
            assertThat(cut("revoked")).isEqualTo(1);
        }
    }
}
