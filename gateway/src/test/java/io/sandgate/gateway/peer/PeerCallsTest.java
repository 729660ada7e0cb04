package io.sandgate.gateway.peer;

import io.sandgate.gateway.peer.PeerCalls.Answer;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class PeerCallsTest {
    private static final String SENDER = "X-Sender";
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Vertx vertx = Vertx.vertx();
    private final PeerCalls calls = new PeerCalls(vertx, new HttpClientOptions(), "r1", SENDER, LONG, 1, 8);
    private volatile Handler<HttpServerRequest> answering = request -> {};
    private int port;

    @BeforeEach
    void listen() {
        port = vertx.createHttpServer().requestHandler(request -> answering.handle(request)).listen(0, "127.0.0.1")
                .await().actualPort();
    }

    @AfterEach
    void stop() {
        calls.close();
        vertx.close().await();
    }

    private Member peer() {
        return new Member("r2", 1, new Endpoint("127.0.0.1", port), new Endpoint("127.0.0.1", port),
                MemberState.READY);
    }

    private void answers(String replica, int status, String body) {
        answering = request -> request.response().putHeader(SENDER, replica).setStatusCode(status).end(body);
    }

    private JsonObject ask(Duration timeout) {
        return calls.ask(peer(), "/a/b", new JsonObject().put("n", 1), timeout).await();
    }

    @Test
    void ask_answeredByThePeer_isItsObject() {
        answering = request -> request.body().onSuccess(body -> request.response().putHeader(SENDER, "r2")
                .end(new JsonObject().put("method", request.method().name()).put("path", request.path())
                        .put("from", request.getHeader(SENDER)).put("body", body.toJsonObject()).toBuffer()));

        assertThat(ask(LONG)).isEqualTo(
                new JsonObject("{\"method\":\"POST\",\"path\":\"/a/b\",\"from\":\"r1\",\"body\":{\"n\":1}}"));
    }

    @ParameterizedTest
    @CsvSource({"r3, 200, {}, another replica answers where r2 did", "r2, 409, {}, r2 answers 409",
            "r2, 200, x, r2 answers something that is not JSON"})
    void ask_answeredOtherwise_fails(String replica, int status, String body, String message) {
        answers(replica, status, body);
        assertThatThrownBy(() -> ask(LONG)).hasMessage(message);
    }

    @Test
    void post_answeredByAnyone_saysWhoAndHow() {
        answers("r3", 503, "no");
        assertThat(calls.post(peer(), "/", Future.succeededFuture(Buffer.buffer("x")), LONG).await())
                .isEqualTo(new Answer(503, false, Buffer.buffer("no")));
        answers("r2", 409, "");
        assertThat(calls.post(peer(), "/", Future.succeededFuture(Buffer.buffer("x")), LONG).await())
                .isEqualTo(new Answer(409, true, Buffer.buffer()));
    }

    @Test
    void call_thatIsNotAnsweredInTime_isResetAndLeavesRoomForTheNext() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        // a byte now and then keeps the connection from being idle
        answering = request -> {
            request.response().setChunked(true).exceptionHandler(error -> {});
            long bytes = vertx.setPeriodic(20, tick -> request.response().write(" "));
            request.connection().closeHandler(closed -> {
                vertx.cancelTimer(bytes);
                ended.complete(null);
            });
        };
        assertThatThrownBy(() -> ask(Duration.ofMillis(500))).isInstanceOf(Exception.class);
        assertThat(ended).succeedsWithin(LONG);

        answers("r2", 200, "{}");
        assertThat(ask(LONG)).isEqualTo(new JsonObject());
    }

    @Test
    void answer_thatIsLongerThanAPeersEverIs_isNotReadToItsEnd() {
        Buffer much = Buffer.buffer(new byte[1 << 20]);
        answering = request -> {
            request.response().setChunked(true).exceptionHandler(error -> {});
            for (int i = 0; i < 65; i++) {
                request.response().write(much);
            }
        };
        assertThatThrownBy(() -> ask(LONG)).hasMessage("r2 answers more than 67108864 bytes");
    }
}
