package io.sandgate.proxy.forward;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.trust.Trust;
import io.sandgate.proxy.forward.RawHttp2.Reply;
import io.sandgate.proxy.route.RouteStates;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Requests to ports of sandboxes that speak HTTP/2, or over TLS.
@SuppressWarnings("NullAway.Init") // the rig is made with the sandbox that a test needs
class Http2SandboxTest {

    /// What a port speaks.
    enum Speaks {
        H2C, H2, HTTPS;

        PortProtocols protocols(int port) {
            return new PortProtocols(this == HTTPS ? Set.of() : Set.of(port), this == H2C ? Set.of() : Set.of(port));
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final Trust trust = Trust.ofSecret("a secret of this test", "r1", InstantSource.system(),
            new SecureRandom(),
            new SimpleMeterRegistry());
    private final Set<HttpConnection> connections = new CopyOnWriteArraySet<>();
    private Rig rig;
    private int port;

    @AfterEach
    void close() {
        rig.close();
        Rig.await(vertx.close());
        trust.close();
    }

    private void serve(Speaks speaks, Handler<HttpServerRequest> handler) {
        String ip = RawSandbox.nextAddress();
        HttpServerOptions options = new HttpServerOptions().setHttp2ClearTextEnabled(true).setUseAlpn(true);
        if (speaks != Speaks.H2C) {
            options.setSsl(true).setKeyCertOptions(KeyCertOptions.wrap(trust.keyManager()));
        }
        HttpServer server = Rig.await(vertx.createHttpServer(options).connectionHandler(connections::add)
                .requestHandler(handler).listen(0, ip));
        port = server.actualPort();
        rig = new Rig(draft -> draft.protocols = speaks.protocols(port));
        rig.put(rig.route("web", "u1", ip, RouteStates.RUNNING));
    }

    private String host() {
        return port + "-web.localhost";
    }

    @ParameterizedTest
    @EnumSource
    void request_withABody_isAnswered(Speaks speaks) throws Exception {
        serve(speaks, request -> request.body().onSuccess(body -> request.response().putHeader("x-version",
                request.version().name()).putHeader("x-host", String.valueOf(request.authority()))
                .end(Buffer.buffer(request.method() + " " + request.uri() + " ").appendBuffer(body))));
        try (RawPeer client = rig.client()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST /p?q HTTP/1.1\r\nHost: " + host() + "\r\nContent-Length: 3\r\n\r\nabc");

                String answer = client.message();

                assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("POST /p?q abc");
                assertThat(RawPeer.field(answer, "x-version"))
                        .isEqualTo(speaks == Speaks.HTTPS ? "HTTP_1_1" : "HTTP_2");
                assertThat(RawPeer.field(answer, "x-host")).isEqualTo(host());
            }
        }
        assertThat(connections).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void request_inChunks_isAnsweredInChunks(Speaks speaks) throws Exception {
        serve(speaks, request -> {
            request.response().setChunked(true);
            request.handler(request.response()::write).endHandler(ended -> request.response().end());
        });
        try (RawPeer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: " + host() + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 ");
            assertThat(client.chunk()).isEqualTo("abc");
            client.send("2\r\nde\r\n0\r\n\r\n");
            assertThat(client.chunk()).isEqualTo("de");
            assertThat(client.chunk()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Speaks.class, names = {"H2C", "H2"})
    void grpcCall_hasItsTrailers(Speaks speaks) throws Exception {
        serve(speaks, request -> {
            request.response().putHeader("content-type", "application/grpc").putTrailer("grpc-status", "0")
                    .putTrailer("x-te", String.valueOf(request.getHeader("te"))).setChunked(true);
            request.handler(request.response()::write).endHandler(ended -> request.response().end());
        });
        try (RawHttp2 client = RawHttp2.of(rig.client())) {
            client.headers(1, false,
                    RawHttp2.request("POST", host(), "/s/m", "te", "trailers", "content-type", "application/grpc"))
                    .data(1, false, "one").data(1, true, "two");

            Reply reply = client.reply(1);

            assertThat(reply.body()).isEqualTo("onetwo");
            assertThat(reply.trailers()).containsEntry("grpc-status", "0").containsEntry("x-te", "trailers");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Speaks.class, names = {"H2C", "H2"})
    void answerOfFieldsAlone_endsWithThem(Speaks speaks) throws Exception {
        serve(speaks, request -> request.response().putHeader("grpc-status", "12").end());
        try (RawHttp2 client = RawHttp2.of(rig.client())) {
            client.headers(1, true, RawHttp2.request("POST", host(), "/"));

            assertThat(client.next(RawHttp2.HEADERS).ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Speaks.class, names = {"H2C", "H2"})
    void requestsAtOnce_shareAConnection(Speaks speaks) throws Exception {
        BlockingQueue<HttpServerRequest> waiting = new LinkedBlockingQueue<>();
        serve(speaks, waiting::add);
        try (RawHttp2 client = RawHttp2.of(rig.client())) {
            for (int stream = 1; stream < 40; stream += 2) {
                client.get(stream, host(), "/" + stream);
            }
            for (int i = 0; i < 20; i++) {
                HttpServerRequest request = waiting.poll(10, TimeUnit.SECONDS);
                assertThat(request).isNotNull();
                request.response().end(request.path());
            }
            for (int stream = 1; stream < 40; stream += 2) {
                assertThat(client.reply(stream).body()).isEqualTo("/" + stream);
            }
        }
        assertThat(connections).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(value = Speaks.class, names = {"H2C", "H2"})
    void streamResetByTheSandbox_cutsTheAnswerOff(Speaks speaks) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        serve(speaks, request -> {
            if (asked.getAndIncrement() == 0) {
                request.response().setChunked(true).write("abc")
                        .onSuccess(written -> request.response().reset(2));
            } else {
                request.response().end("ok");
            }
        });
        try (RawPeer client = rig.client(); RawPeer other = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 ");
            assertThat(client.chunk()).isEqualTo("abc");
            assertThat(client.ending()).isEqualTo("end");
            other.send("GET / HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
            assertThat(other.message()).endsWith("ok");
        }
        assertThat(connections).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void sandboxGone_closesItsConnections(Speaks speaks) throws Exception {
        AtomicInteger closed = new AtomicInteger();
        serve(speaks, request -> {
            request.connection().closeHandler(gone -> closed.incrementAndGet());
            rig.remove("web");
        });
        try (RawPeer client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");

            assertThat(client.message()).startsWith("HTTP/1.1 502 ");
            await().until(closed::get, count -> count == 1);
            await().untilAsserted(() -> assertThat(rig.metric("sandgate.proxy.upstream.active")).isZero());
        }
    }

    @ParameterizedTest
    @EnumSource
    void portThatIsClosed_isRefused(Speaks speaks) throws Exception {
        serve(speaks, request -> request.response().end());
        try (RawSandbox plain = new RawSandbox(peer -> {
            peer.send("no TLS and no HTTP/2\r\n");
            peer.skip(Long.MAX_VALUE);
        });
                Rig other = new Rig(draft -> draft.protocols = speaks.protocols(plain.port()));
                RawPeer client = other.client()) {
            other.run("web", "u2", plain);
            client.send("GET / HTTP/1.1\r\nHost: " + plain.port() + "-web.localhost\r\n\r\n");

            assertThat(client.message()).startsWith("HTTP/1.1 502 ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void portThatClosesAtOnce_isRefusedToAllWhoWait(Speaks speaks) throws Exception {
        serve(speaks, request -> request.response().end());
        try (RawSandbox closing = new RawSandbox(RawPeer::reset);
                Rig other = new Rig(draft -> draft.protocols = speaks.protocols(closing.port()));
                RawHttp2 client = RawHttp2.of(other.client())) {
            other.run("web", "u2", closing);
            for (int stream = 1; stream < 60; stream += 2) {
                client.get(stream, closing.port() + "-web.localhost", "/");
            }
            for (int stream = 1; stream < 60; stream += 2) {
                assertThat(client.reply(stream).status()).isEqualTo(502);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Speaks.class, names = {"H2C", "HTTPS"})
    void webSocket_goesInHttp1(Speaks speaks) throws Exception {
        serve(speaks, request -> request.toWebSocket()
                .onSuccess(socket -> socket.textMessageHandler(socket::writeTextMessage)));
        try (RawPeer client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: " + host() + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
            client.send(new byte[]{(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'h', 'i'});
            assertThat(client.text(4)).endsWith("hi");
        }
    }
}
