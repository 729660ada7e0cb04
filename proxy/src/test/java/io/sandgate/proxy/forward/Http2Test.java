package io.sandgate.proxy.forward;

import io.sandgate.proxy.forward.RawHttp2.Frame;
import io.sandgate.proxy.forward.RawHttp2.Reply;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Requests that come over HTTP/2, to sandboxes that speak HTTP/1.1.
class Http2Test {
    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private RawSandbox sandbox(RawSandbox.Script script) throws Exception {
        RawSandbox sandbox = new RawSandbox(script);
        rig.run("web", "u1", sandbox);
        return sandbox;
    }

    private static String host(RawSandbox sandbox) {
        return sandbox.port() + "-web.localhost";
    }

    @Test
    void get_anAnswerOfKnownLength_comesWithItsFields() throws Exception {
        try (RawSandbox sandbox = sandbox(peer -> {
            String head = peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + head.length()
                    + "\r\nX-A: b\r\nConnection: x-c\r\nX-C: d\r\nKeep-Alive: timeout=5\r\n\r\n" + head);
            peer.head();
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            client.get(1, host(sandbox), "/a?b", "x-e", "f", "cookie", "a=b", "cookie", "c=d");

            Reply reply = client.reply(1);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).startsWith("GET /a?b HTTP/1.1\nhost: " + host(sandbox) + "\n")
                    .contains("x-e: f\n", "cookie: a=b; c=d\n");
            assertThat(reply.fields()).containsEntry("x-a", "b").doesNotContainKeys("connection", "x-c", "keep-alive");
            assertThat(reply.ending()).isEqualTo("end");
        }
    }

    @Test
    void get_chunksAndTrailers_becomeDataAndTrailers() throws Exception {
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            peer.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nX-T: u\r\n\r\n");
            peer.head();
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            Reply reply = client.get(1, host(sandbox), "/").reply(1);

            assertThat(reply.body()).isEqualTo("abcde");
            assertThat(reply.trailers()).containsEntry("x-t", "u");
            assertThat(reply.fields()).doesNotContainKey("transfer-encoding");
        }
    }

    @Test
    void get_aBodyUntilTheEndOfItsConnection_endsTheStream() throws Exception {
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            Reply reply = client.get(1, host(sandbox), "/").reply(1);

            assertThat(reply.body()).isEqualTo("until the end");
            assertThat(reply.ending()).isEqualTo("end");
        }
    }

    @Test
    void head_anAnnouncedLength_hasNoBody() throws Exception {
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            peer.head();
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            Reply reply = client.headers(1, true, RawHttp2.request("HEAD", host(sandbox), "/")).reply(1);

            assertThat(reply.fields()).containsEntry("content-length", "10");
            assertThat(reply.ending()).isEqualTo("end");
        }
    }

    @Test
    void post_bodyOfUnknownLength_goesInChunksAndBodyOfKnownLengthAsItIs() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        try (RawSandbox sandbox = sandbox(peer -> {
            String head = peer.head();
            got.add(head);
            got.add(RawPeer.field(head, "content-length").isEmpty()
                    ? peer.chunk() + peer.chunk() + peer.chunk()
                    : peer.text(3));
            peer.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            client.headers(1, false, RawHttp2.request("POST", host(sandbox), "/")).data(1, false, "abc")
                    .data(1, false, "de").headers(1, true, "x-trailer", "v");
            assertThat(client.reply(1).status()).isEqualTo(204);
            client.headers(3, false, RawHttp2.request("POST", host(sandbox), "/", "content-length", "3"))
                    .data(3, true, "abc");
            assertThat(client.reply(3).status()).isEqualTo(204);

            assertThat(got.take()).contains("transfer-encoding: chunked\n");
            assertThat(got.take()).isEqualTo("abcde");
            assertThat(got.take()).doesNotContain("transfer-encoding");
            assertThat(got.take()).isEqualTo("abc");
        }
    }

    @Test
    void interimAnswers_passBeforeTheAnswer() throws Exception {
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n");
            peer.text(2);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            client.headers(1, false,
                    RawHttp2.request("PUT", host(sandbox), "/", "content-length", "2", "expect", "100-continue"));

            assertThat(client.next(RawHttp2.HEADERS).fields()).containsEntry(":status", "100");
            assertThat(client.next(RawHttp2.HEADERS).fields()).containsEntry(":status", "103")
                    .containsEntry("link", "<a>");
            assertThat(client.data(1, true, "ab").reply(1).status()).isEqualTo(200);
        }
    }

    @Test
    void requestsAtOnce_areAnsweredAsTheyAreReady() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        try (RawSandbox sandbox = sandbox(peer -> {
            String path = peer.head().split(" ", -1)[1];
            if (path.equals("/first")) {
                second.await(10, TimeUnit.SECONDS);
            }
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
            peer.head();
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            client.get(1, host(sandbox), "/first").get(3, host(sandbox), "/second");

            assertThat(client.reply(3).body()).isEqualTo("/second");
            second.countDown();
            assertThat(client.reply(1).body()).isEqualTo("/first");
        }
    }

    @Test
    void lifecycleRequests_areServedAsOverHttp1() throws Exception {
        try (RawHttp2 client = RawHttp2.of(rig.client())) {
            client.headers(1, false, RawHttp2.request("POST", "localhost", "/sandboxes")).data(1, true, "{}")
                    .get(3, "localhost", "/sandboxes");

            assertThat(client.reply(1).body()).isEqualTo("lifecycle");
            assertThat(client.reply(3).status()).isEqualTo(404);
        }
    }

    @Test
    void lifecycleRequests_haveTheAddressOfTheirClient() throws Exception {
        try (RawPeer one = rig.client();
                RawPeer other = rig.client();
                RawHttp2 client = RawHttp2.of(one);
                RawHttp2 another = RawHttp2.of(other)) {
            client.headers(1, true, RawHttp2.request("GET", "localhost", "/", "x-ask-client", "1",
                    "forwarded", "for=192.0.2.1", "x-forwarded-for", "192.0.2.1", "x-client", "192.0.2.1"));
            another.headers(1, true, RawHttp2.request("GET", "localhost", "/", "x-ask-client", "1"));
            client.headers(3, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/ws",
                    ":authority", "localhost", "sec-websocket-version", "13", "x-ask-client", "1");

            assertThat(another.reply(1).fields()).containsEntry("x-client", other.address());
            assertThat(client.reply(1).fields()).containsEntry("x-client", one.address());
            assertThat(client.next(RawHttp2.HEADERS).fields()).containsEntry(":status", "200")
                    .containsEntry("x-client", one.address());
        }
    }

    @Test
    void unknownSandbox_isRefusedOnItsStreamAlone() throws Exception {
        try (RawHttp2 client = RawHttp2.of(rig.client())) {
            Reply refused = client.get(1, "80-none.localhost", "/").reply(1);

            assertThat(refused.status()).isEqualTo(502);
            assertThat(refused.fields()).containsEntry("content-type", "application/json; charset=utf-8");
            assertThat(client.get(3, "localhost", "/").reply(3).status()).isEqualTo(404);
        }
    }

    @Test
    void answerCutOff_resetsItsStreamAlone() throws Exception {
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            Reply reply = client.get(1, host(sandbox), "/").reply(1);

            assertThat(reply.body()).isEqualTo("abc");
            assertThat(reply.ending()).isEqualTo("reset 2");
            assertThat(client.get(3, "localhost", "/").reply(3).status()).isEqualTo(404);
        }
    }

    @Test
    void answerBeforeTheEndOfTheRequest_endsAndTheRestIsNotWanted() throws Exception {
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            client.headers(1, false, RawHttp2.request("POST", host(sandbox), "/")).data(1, false, "abc");

            assertThat(client.reply(1).status()).isEqualTo(413);
            assertThat(client.next(RawHttp2.RST_STREAM).error()).isZero();
        }
    }

    @Test
    void resetByTheClient_endsTheRequestAtTheSandbox() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        BlockingQueue<String> endings = new LinkedBlockingQueue<>();
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            asked.countDown();
            endings.add(peer.ending());
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            client.get(1, host(sandbox), "/");
            asked.await(10, TimeUnit.SECONDS);
            client.frame(RawHttp2.RST_STREAM, 0, 1, ByteBuffer.allocate(4).putInt(8).array());

            assertThat(endings.poll(10, TimeUnit.SECONDS)).isIn("end", "reset");
            await().untilAsserted(() -> assertThat(rig.metric("sandgate.proxy.upstream.active")).isZero());
        }
    }

    @Test
    void clientThatTakesNothing_stopsTheSandbox() throws Exception {
        int most = 8 * 1024 * 1024;
        BlockingQueue<Integer> sent = new LinkedBlockingQueue<>();
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + 64L * most + "\r\n\r\n");
            byte[] piece = new byte[64 * 1024];
            for (int i = 0; i < 64 * most; i += piece.length) {
                peer.send(piece);
                sent.add(piece.length);
            }
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            client.get(1, host(sandbox), "/");
            assertThat(client.next(RawHttp2.HEADERS).ends()).isFalse();

            assertThat(client.get(3, "localhost", "/").next(RawHttp2.HEADERS)).isNotNull();
            await().during(500, TimeUnit.MILLISECONDS).atMost(10, TimeUnit.SECONDS)
                    .until(() -> sent.stream().mapToInt(Integer::intValue).sum(), bytes -> bytes < most);
        }
    }

    @Test
    void clientThatTakesMuchAtOnce_getsAllOfIt() throws Exception {
        int length = 20_000_000;
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            peer.send(new byte[length]);
            peer.head();
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            int window = 1 << 30;
            client.frame(RawHttp2.SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array())
                    .frame(RawHttp2.WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(window).array());
            client.get(1, host(sandbox), "/");
            int taken = 0;
            Frame frame = client.next(RawHttp2.HEADERS);
            while (!frame.ends()) {
                frame = client.next(RawHttp2.DATA);
                taken += frame.payload().remaining();
            }

            assertThat(taken).isEqualTo(length);
        }
    }

    @Test
    void webSocketOverHttp2_isATunnelToTheSandbox() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (RawSandbox sandbox = sandbox(peer -> {
            heads.add(peer.head());
            peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: chat\r\n\r\nhello");
            peer.send(peer.text(4));
            peer.send(peer.ending());
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            client.headers(1, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/ws",
                    ":authority", host(sandbox), "sec-websocket-version", "13");
            Frame head = client.next(RawHttp2.HEADERS);
            assertThat(head.fields()).containsEntry(":status", "200")
                    .containsEntry("sec-websocket-protocol", "chat").doesNotContainKey("sec-websocket-accept");
            assertThat(head.ends()).isFalse();
            assertThat(heads.take()).startsWith("GET /ws HTTP/1.1\n").contains("Upgrade: websocket\n",
                    "sec-websocket-key: ");
            assertThat(client.next(RawHttp2.DATA).text()).isEqualTo("hello");
            assertThat(client.data(1, false, "ping").next(RawHttp2.DATA).text()).isEqualTo("ping");

            Reply end = client.data(1, true, "").reply(1);

            assertThat(end.body()).isEqualTo("end");
            assertThat(end.ending()).isEqualTo("end");
            Frame frame = client.get(3, "localhost", "/").next();
            while (frame.stream() != 3) {
                assertThat(frame.type()).isNotEqualTo(RawHttp2.RST_STREAM);
                frame = client.next();
            }
        }
    }

    @Test
    void drain_saysSoAndFinishesWhatIsOnTheConnection() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (RawSandbox sandbox = sandbox(peer -> {
            peer.head();
            asked.countDown();
            go.await(10, TimeUnit.SECONDS);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            peer.head();
        }); RawHttp2 client = RawHttp2.of(rig.client())) {
            client.get(1, host(sandbox), "/");
            asked.await(10, TimeUnit.SECONDS);
            rig.forwarder.drain();

            Frame first = client.next(RawHttp2.GOAWAY);
            assertThat(first.number(0)).isEqualTo(Integer.MAX_VALUE);
            assertThat(first.error()).isZero();
            Frame second = client.next(RawHttp2.GOAWAY);
            assertThat(second.number(0)).isEqualTo(1);
            go.countDown();
            assertThat(client.next(RawHttp2.DATA).text()).isEqualTo("ok");
            assertThat(client.ending()).isEqualTo("closed");
        }
    }
}
