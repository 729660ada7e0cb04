package io.sandgate.api;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.http.Answers;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.trust.Trust;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.route.Route;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Whose answers the clients of the peer listeners take.
class PeerLinkTest {
    private static final String SECRET = "the secret of this cluster";

    private final Vertx vertx = Vertx.vertx();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        vertx.close().await();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void member_thatAnswersAtItsAddress_isBelieved(String host) throws Exception {
        Endpoint address = listener(Optional.of(trust(SECRET, "r2")), host);

        // the first handshake of a machine that is cold may take longer than the client waits
        await().ignoreExceptions().untilAsserted(() -> assertThat(ask(address, "r2")).isNull());
        assertThat(asked).hasPositiveValue();
    }

    @Test
    void otherReplica_atTheAddressOfAMember_isSentNothing() throws Exception {
        Endpoint address = listener(Optional.of(trust(SECRET, "r3")), "127.0.0.1");

        await().untilAsserted(() -> assertThatThrownBy(() -> ask(address, "r2"))
                .hasCauseInstanceOf(SSLException.class).hasStackTraceContaining(
                        "replica r3 answers at " + address + ", where it is not known to be"));
        assertThat(asked).hasValue(0);
    }

    @Test
    void serverOfAnotherSecret_isSentNothing() throws Exception {
        Endpoint address = listener(Optional.of(trust("another secret of a cluster", "r2")), "127.0.0.1");

        await().untilAsserted(
                () -> assertThatThrownBy(() -> ask(address, "r2")).hasCauseInstanceOf(SSLException.class));
        assertThat(asked).hasValue(0);
    }

    @Test
    void serverWithoutTls_isSentNothing() throws Exception {
        Endpoint address = listener(Optional.empty(), "127.0.0.1");

        assertThatThrownBy(() -> ask(address, "r2")).isInstanceOf(ExecutionException.class);
        assertThat(asked).hasValue(0);
    }

    @Test
    void ownListener_isBelievedWhereverItIsBound() throws Exception {
        Endpoint address = listener(Optional.of(trust(SECRET, "r1")), "127.0.0.1");
        PeerLink self = new PeerLink(Optional.of(trust(SECRET, "r1")), "r1", id -> Optional.empty());

        try (HttpPeers peers = new HttpPeers(vertx, "r1", self.toSelf())) {
            await().ignoreExceptions().untilAsserted(
                    () -> assertThat(peers.route(address, "x").toCompletableFuture().get()).isNull());
        }
    }

    @Test
    void caller_thatBecomesAMemberAMomentLater_isLetThroughWithItsBody() {
        AtomicInteger looks = new AtomicInteger();
        PeerLink link = new PeerLink(Optional.of(trust(SECRET, "r2")), "r2", id -> Optional.empty());
        Router router = Router.router(vertx);
        link.gate(id -> id.equals("r1") && looks.incrementAndGet() > 3).orElseThrow().mount(router, "/owner/*");
        router.post("/echo").handler(context -> Answers.withBody(context, 1024, body -> context.end(body)));
        int port = vertx.createHttpServer(link.listener(new HttpServerOptions())).requestHandler(router)
                .listen(0, "127.0.0.1").await().actualPort();
        PeerLink caller = new PeerLink(Optional.of(trust(SECRET, "r1")), "r2", id -> Optional.empty());
        WebClient client = WebClient.create(vertx, new WebClientOptions(caller.toSelf()));

        HttpResponse<Buffer> answer = client.post(port, "127.0.0.1", "/echo").sendBuffer(Buffer.buffer("a body"))
                .await();

        assertThat(answer.bodyAsString()).isEqualTo("a body");
        assertThat(looks).hasValue(4);
    }

    private @Nullable Route ask(Endpoint address, String expected) throws Exception {
        Member member = new Member(expected, 1, address, address, MemberState.READY);
        PeerLink link = new PeerLink(Optional.of(trust(SECRET, "r1")), "r1",
                id -> id.equals(expected) ? Optional.of(member) : Optional.empty());
        try (HttpPeers peers = new HttpPeers(vertx, "r1", link.toMembers())) {
            return peers.route(address, "x").toCompletableFuture().get();
        }
    }

    private Endpoint listener(Optional<Trust> trust, String host) {
        HttpServer server = vertx.createHttpServer(new PeerLink(trust, "r2", id -> Optional.empty())
                .listener(new HttpServerOptions())).requestHandler(request -> {
                    asked.incrementAndGet();
                    request.response().setStatusCode(404).end();
                });
        return new Endpoint(host, server.listen(0, host).await().actualPort());
    }

    private Trust trust(String secret, String id) {
        Trust trust = Trust.ofSecret(secret, id, InstantSource.system(), new SecureRandom(), new SimpleMeterRegistry());
        open.push(trust);
        return trust;
    }
}
