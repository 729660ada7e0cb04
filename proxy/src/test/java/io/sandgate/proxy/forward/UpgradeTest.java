package io.sandgate.proxy.forward;

import io.sandgate.proxy.forward.RawHttp2.Reply;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Upgraded connections, WebSocket and any other.
class UpgradeTest {

    private static final String SWITCHING = """
            HTTP/1.1 101 Switching Protocols
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

            """.replace("\n", "\r\n");
    private static final long BIG = 160L << 20;
    private static final long BUFFERS = 80L << 20;

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static String upgrade(RawSandbox sandbox, String protocol) {
        return "GET /ws HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\nConnection: keep-alive, Upgrade\r\n"
                + "Upgrade: " + protocol + "\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    }

    /// Masked with zeros.
    private static String frame(String text) {
        return "\u0081" + (char) (0x80 | text.length()) + "\0\0\0\0" + text;
    }

    @Test
    void upgrade_toTheLifecycleApi_isItsWebSocket() throws Exception {
        String upgrade = """
                GET /ws HTTP/1.1
                Host: api
                Connection: Upgrade
                Upgrade: websocket
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                """.replace("\n", "\r\n");
        try (RawPeer client = rig.client()) {
            assertThat(client.send("GET /before HTTP/1.1\r\nHost: api\r\n\r\n" + upgrade + frame("at once")).message())
                    .endsWith("lifecycle");
            assertThat(client.head()).startsWith("HTTP/1.1 101").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

            assertThat(client.text(9)).isEqualTo("\u0081\u0007at once");
            assertThat(client.send(frame("GET / HTTP/1.1\r\n\r\n")).text(20)).endsWith("GET / HTTP/1.1\r\n\r\n");
            for (int i = 0; i < 100; i++) {
                assertThat(client.send(frame("part " + (i % 10))).text(8)).endsWith("part " + (i % 10));
            }
        }
    }

    @Test
    void upgrade_overHttp2ToTheLifecycleApi_isItsWebSocket() throws Exception {
        try (RawHttp2 client = RawHttp2.of(rig.client())) {
            client.headers(1, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/ws",
                    ":authority", "api", "sec-websocket-version", "13");
            assertThat(client.next(RawHttp2.HEADERS).fields()).containsEntry(":status", "200");

            for (int i = 0; i < 100; i++) {
                client.data(1, false, frame("part " + (i % 10)));
                assertThat(client.next(RawHttp2.DATA).text()).endsWith("part " + (i % 10));
            }
        }
    }

    @Test
    void upgrade_overHttp2ToTheLifecycleApi_endsAsItsWebSocketDoes() throws Exception {
        try (RawHttp2 client = RawHttp2.of(rig.client())) {
            client.headers(1, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/ws",
                    ":authority", "api", "sec-websocket-version", "13");
            assertThat(client.next(RawHttp2.HEADERS).fields()).containsEntry(":status", "200");

            Reply end = client.data(1, true, "\u0088\u0082\0\0\0\0\u0003\u00e8").reply(1);

            assertThat(end.body()).isEqualTo("\u0088\u0002\u0003\u00e8");
            assertThat(end.ending()).isEqualTo("end");
        }
    }

    @Test
    void upgrade_accepted_passesBytesBothWays() throws Exception {
        CompletableFuture<String> asked = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            asked.complete(peer.head());
            // the first bytes come together with the answer
            peer.send(SWITCHING + "greeting");
            for (;;) {
                peer.send(peer.text(4).toUpperCase(Locale.ROOT));
            }
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            String head = client.send(upgrade(sandbox, "websocket")).head();
            assertThat(head).startsWith("HTTP/1.1 101 Switching Protocols\n")
                    .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n")
                    .doesNotContainIgnoringCase("content-length", "transfer-encoding");
            assertThat(RawPeer.field(head, "upgrade")).isEqualTo("websocket");
            assertThat(RawPeer.field(head, "connection")).isEqualToIgnoringCase("upgrade");
            assertThat(client.text(8)).isEqualTo("greeting");
            assertThat(client.send("ping").text(4)).isEqualTo("PING");
            assertThat(client.send("pong").text(4)).isEqualTo("PONG");
            assertThat(asked.join()).startsWith("GET /ws HTTP/1.1\n").contains("Sec-WebSocket-Key: dGhl",
                    "Sec-WebSocket-Extensions: permessage-deflate\n");
            assertThat(RawPeer.field(asked.join(), "connection")).isEqualToIgnoringCase("upgrade");
            assertThat(rig.metric("sandgate.proxy.tunnels")).isEqualTo(1);
        }
        await().until(() -> rig.metric("sandgate.proxy.tunnels") == 0);
        await().until(() -> rig.metric("sandgate.proxy.upstream.active") == 0);
    }

    @Test
    void upgrade_otherProtocol_isPassedOnAsItIs() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            assertThat(RawPeer.field(peer.head(), "upgrade")).isEqualTo("tcp");
            peer.send("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nx");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(upgrade(sandbox, "tcp")).head()).contains("101").contains("tcp\n");
            assertThat(client.text(1)).isEqualTo("x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upgrade: other\r\n", "Upgrade: websocket, other\r\n"})
    void upgrade_toAnotherProtocolThanAskedFor_isABadAnswer(String upgrade) throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n" + upgrade + "\r\nx");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(upgrade(sandbox, "tcp, WebSocket")).message()).startsWith("HTTP/1.1 502");
            await().until(() -> rig.metric("sandgate.proxy.tunnels") == 0);
        }
    }

    @Test
    void upgrade_declined_isAnOrdinaryAnswer() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(upgrade(sandbox, "websocket")).message()).startsWith("HTTP/1.1 403").endsWith("no");
            await().until(() -> rig.metric("sandgate.proxy.tunnels") == 0);
            // the client's connection goes on, the sandbox's does not
            assertThat(client.send(upgrade(sandbox, "websocket")).message()).startsWith("HTTP/1.1 403");
            assertThat(sandbox.connections()).isEqualTo(2);
        }
    }

    @Test
    void upgrade_withAKeptConnection_getsOneOfItsOwn() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            boolean upgraded = !RawPeer.field(peer.head(), "upgrade").isEmpty();
            peer.send(upgraded ? SWITCHING : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send("GET / HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n\r\n");
            assertThat(client.message()).endsWith("ok");
            assertThat(client.send(upgrade(sandbox, "websocket")).head()).contains("101");
            assertThat(sandbox.connections()).isEqualTo(2);
        }
    }

    @Test
    void upgrade_toHttp2_isNotPassedOn() throws Exception {
        CompletableFuture<String> asked = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            asked.complete(peer.head());
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send("GET / HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n"
                    + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAA\r\n\r\n");
            assertThat(client.message()).startsWith("HTTP/1.1 200").endsWith("ok");
            assertThat(asked.join()).doesNotContainIgnoringCase("upgrade", "http2-settings");
        }
    }

    @Test
    void upgrade_notAnsweredInTime_is504() throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            ending.complete(peer.ending());
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(upgrade(sandbox, "websocket")).message()).startsWith("HTTP/1.1 504");
            assertThat(ending.get(10, TimeUnit.SECONDS)).isIn("end", "reset");
        }
    }

    @Test
    void upgrade_beyondTheLimit_is503() throws Exception {
        try (Rig own = new Rig(draft -> draft.maxTunnels = 1); RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING);
            peer.rest();
        }); RawPeer first = own.client(); RawPeer second = own.client()) {
            own.run("abc", "u1", sandbox);
            assertThat(first.send(upgrade(sandbox, "websocket")).head()).contains("101");
            assertThat(second.send(upgrade(sandbox, "websocket")).message()).startsWith("HTTP/1.1 503");
            first.reset();
            await().until(() -> own.metric("sandgate.proxy.tunnels") == 0);
            assertThat(second.send(upgrade(sandbox, "websocket")).head()).contains("101");
        }
    }

    @Test
    void tunnel_oneDirectionEnded_goesOnInTheOther() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING);
            String all = peer.rest();
            peer.send("got " + all);
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(upgrade(sandbox, "websocket")).head();
            client.send("question").endOutput();
            assertThat(client.rest()).isEqualTo("got question");
            await().until(() -> rig.metric("sandgate.proxy.tunnels") == 0);
            assertThat(rig.metric("sandgate.proxy.aborted", "reason", "client_gone")).isZero();
        }
    }

    @Test
    void tunnel_sandboxEndsAfterManyBytes_losesNone() throws Exception {
        int size = 5_000_000;
        CountDownLatch sent = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING).send(new byte[size]).endOutput();
            sent.countDown();
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(upgrade(sandbox, "websocket")).head();
            // where the buffers on the way hold all of it, the end is there before the client begins to read
            boolean _ = sent.await(1, TimeUnit.SECONDS);
            assertThat(client.skip(Long.MAX_VALUE)).isEqualTo(size);
        }
    }

    @Test
    void tunnel_clientBreaks_breaksTheSandboxesSide() throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING);
            ending.complete(peer.ending());
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(upgrade(sandbox, "websocket")).head();
            client.reset();
            assertThat(ending.get(10, TimeUnit.SECONDS)).isEqualTo("reset");
        }
    }

    @Test
    void tunnel_sandboxBreaks_breaksTheClientsSide() throws Exception {
        CountDownLatch joined = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING);
            peer.text(1);
            joined.countDown();
            peer.reset();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(upgrade(sandbox, "websocket")).head();
            client.send("x");
            assertThat(client.ending()).isEqualTo("reset");
        }
    }

    @Test
    void tunnel_routeGone_breaksBothSides() throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING.replace("websocket", "tcp") + "x");
            ending.complete(peer.ending());
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(upgrade(sandbox, "tcp")).head();
            assertThat(client.text(1)).isEqualTo("x");
            rig.remove("abc");
            assertThat(client.ending()).isEqualTo("reset");
            assertThat(ending.get(10, TimeUnit.SECONDS)).isEqualTo("reset");
            assertThat(rig.metric("sandgate.proxy.aborted", "reason", "route_gone")).isEqualTo(1);
        }
    }

    @Test
    void webSocket_routeGone_isToldBetweenTwoFrames() throws Exception {
        endedWith1001(() -> rig.remove("abc"), "route_gone");
    }

    @Test
    void webSocket_drained_isToldBetweenTwoFrames() throws Exception {
        endedWith1001(rig.forwarder::endTunnels, "drained");
    }

    private void endedWith1001(Runnable end, String reason) throws Exception {
        CompletableFuture<byte[]> last = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING).send(new byte[]{(byte) 0x82, 1, 'x'});
            peer.skip(7);
            last.complete(peer.bytes(8));
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(upgrade(sandbox, "websocket")).head();
            client.send(new byte[]{(byte) 0x82, (byte) 0x81, 1, 2, 3, 4, 'y' ^ 1});
            assertThat(client.bytes(3)).containsExactly(0x82, 1, 'x');
            await().until(() -> rig.metric("sandgate.proxy.tunnels") == 1);

            end.run();

            assertThat(client.bytes(4)).containsExactly(0x88, 2, 1001 >> 8, 1001 & 0xff);
            // what it still sends does not keep it from reading to the end
            client.send(new byte[]{(byte) 0x88, (byte) 0x80, 1, 2, 3, 4});
            assertThat(client.ending()).isEqualTo("end");
            byte[] frame = last.get(10, TimeUnit.SECONDS);
            assertThat(new byte[]{frame[0], frame[1], (byte) (frame[6] ^ frame[2]), (byte) (frame[7] ^ frame[3])})
                    .containsExactly(0x88, 0x82, 1001 >> 8, 1001 & 0xff);
            assertThat(rig.metric("sandgate.proxy.aborted", "reason", reason)).isEqualTo(1);
            await().until(() -> rig.metric("sandgate.proxy.tunnels") == 0);
            await().until(() -> rig.metric("sandgate.proxy.upstream.active") == 0);
        }
    }

    @Test
    void webSocket_drainedInTheMidstOfAFrame_isBroken() throws Exception {
        CompletableFuture<Long> begun = new CompletableFuture<>();
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING).send(new byte[]{(byte) 0x82, 5, 'x'});
            begun.complete(peer.skip(3));
            ending.complete(peer.ending());
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(upgrade(sandbox, "websocket")).head();
            client.send(new byte[]{(byte) 0x82, (byte) 0x81, 1});
            assertThat(client.bytes(3)).containsExactly(0x82, 5, 'x');

            assertThat(begun.get(10, TimeUnit.SECONDS)).isEqualTo(3);
            rig.forwarder.endTunnels();

            assertThat(client.ending()).isEqualTo("reset");
            assertThat(ending.get(10, TimeUnit.SECONDS)).isEqualTo("reset");
        }
    }

    @Test
    void webSocket_thatWasClosedAlready_isNotClosedTwice() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING).send(new byte[]{(byte) 0x88, 0});
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(upgrade(sandbox, "websocket")).head();
            assertThat(client.bytes(2)).containsExactly(0x88, 0);

            rig.forwarder.endTunnels();

            assertThat(client.ending()).isEqualTo("reset");
        }
    }

    @Test
    void tunnel_clientDoesNotRead_holdsTheSandboxBack() throws Exception {
        AtomicLong written = new AtomicLong();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send(SWITCHING);
            byte[] block = new byte[64 * 1024];
            while (written.get() < BIG) {
                peer.send(block);
                written.addAndGet(block.length);
            }
            peer.endOutput();
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(upgrade(sandbox, "websocket")).head();
            AtomicLong last = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(50)).during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        long now = written.get();
                        return last.getAndSet(now) == now && now > 0;
                    });
            assertThat(written.get()).isLessThan(BUFFERS);
            assertThat(client.skip(Long.MAX_VALUE)).isEqualTo(BIG);
        }
    }
}
