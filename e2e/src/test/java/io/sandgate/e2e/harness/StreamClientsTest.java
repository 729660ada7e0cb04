package io.sandgate.e2e.harness;

import io.sandgate.e2e.harness.EventRequest.Transport;
import io.sandgate.e2e.harness.EventSubscriber.End;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// The clients of the event stream against a server that says what a test wants.
@Timeout(20)
class StreamClientsTest {

    private static final String HELLO = "{\"type\":\"hello\",\"cursor\":\"e:1\",\"replica\":\"r\"}";
    private static final String EVENT = "{\"type\":\"event\",\"cursor\":\"e:2\",\"kind\":\"route.changed\",\"origin\":"
            + "{\"replica\":\"r\",\"cursor\":\"o:7\"},\"data\":{\"text\":\"" + "ü".repeat(300) + "\"}}";
    private static final String LARGE = "{\"type\":\"event\",\"cursor\":\"e:3\",\"x\":\"" + "y".repeat(70_000) + "\"}";
    private static final String END = "{\"type\":\"end\",\"code\":1001,\"reason\":\"drain\",\"cursor\":\"e:3\"}";

    private final Vertx vertx = Vertx.vertx();
    private final List<String> pongs = new CopyOnWriteArrayList<>();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private String url = "";

    @BeforeEach
    void listen() throws Exception {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0)
                .setMaxWebSocketFrameSize(1 << 20)).requestHandler(this::answer);
        server.listen().toCompletionStage().toCompletableFuture().get();
        url = "http://127.0.0.1:" + server.actualPort() + "/events";
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    private EventRequest request(Transport transport) {
        return new EventRequest(url, Map.of(), Map.of(), transport, 0);
    }

    private void answer(HttpServerRequest request) {
        if ("abc".equals(request.getParam("after"))) {
            request.response().setStatusCode(400).end("{\"code\":400,\"reason\":\"cursor_malformed\"}");
        } else if (request.getHeader("Upgrade") != null) {
            request.toWebSocket().onSuccess(this::talk);
        } else {
            request.response().setChunked(true).putHeader("Content-Type", "text/event-stream")
                    .write("event: hello\ndata: " + HELLO + "\n\n");
            request.response().write(": a word\n\nid: e:2\ndata: ");
            request.response().write(EVENT + "\n\nid: e:3\nda");
            request.response().write("ta:" + LARGE + "\n\n");
            request.response().end("event: end\ndata: " + END + "\n\n");
        }
    }

    private void talk(ServerWebSocket socket) {
        socket.pongHandler(pong -> pongs.add(pong.toString()));
        socket.textMessageHandler(said::add);
        socket.writeTextMessage(HELLO);
        socket.writePing(Buffer.buffer("are you there"));
        socket.writeTextMessage(EVENT);
        socket.writeTextMessage(LARGE);
        socket.writeTextMessage(END);
        vertx.setPeriodic(20, timer -> {
            if (!pongs.isEmpty()) {
                vertx.cancelTimer(timer);
                socket.close((short) 1001, "drain");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void frames_comeAsTheyWereSent_andSoDoesTheEnd(Transport transport) {
        try (EventSubscriber subscriber = request(transport).subscribe()) {
            List<StreamFrame> frames = subscriber.until("end");

            assertThat(frames).extracting(StreamFrame::text).containsExactly(HELLO, EVENT, LARGE, END);
            assertThat(frames).extracting(StreamFrame::type).containsExactly("hello", "event", "event", "end");
            assertThat(frames.get(1).seq()).isEqualTo(2);
            assertThat(frames.get(1).epoch()).isEqualTo("e");
            boolean sse = transport == Transport.SERVER_SENT;
            assertThat(frames.get(1).id()).isEqualTo(sse ? "e:2" : "");
            assertThat(frames.getFirst().name()).isEqualTo(sse ? "hello" : "");
            assertThat(subscriber.awaitEnd()).isEqualTo(new End(sse ? 0 : 1001, true));
            assertThat(subscriber.endFrame().cursor()).isEqualTo("e:3");
            if (!sse) {
                assertThat(pongs).containsExactly("are you there");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusal_comesWithItsBody(Transport transport) {
        Refusal refusal = request(transport).after("abc").refused();

        assertThat(refusal.status()).isEqualTo(400);
        assertThat(refusal.reason()).isEqualTo("cursor_malformed");
    }

    @Test
    void message_ofTheClient_arrives() {
        try (EventSubscriber subscriber = request(Transport.WEB_SOCKET).subscribe()) {
            subscriber.say("ü".repeat(40_000));

            await().atMost(Duration.ofSeconds(5)).until(() -> said.equals(List.of("ü".repeat(40_000))));
        }
    }

    @Test
    void trace_notesWhatIsNotAsItShouldBe() {
        StreamTrace trace = new StreamTrace();
        trace.accept(StreamFrame.of(EVENT));
        trace.accept(new StreamFrame(EVENT, "e:9", ""));

        assertThat(trace.problems()).hasSize(2);
        assertThat(trace.count()).isEqualTo(2);
    }
}
