package io.sandgate.proxy.forward;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Bodies both ways: framing, timing, back-pressure.
class StreamingTest {

    /// More than all socket buffers on the way hold together.
    private static final long BIG = 160L << 20;
    private static final long BUFFERS = 80L << 20;

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static String get(RawSandbox sandbox, String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n\r\n";
    }

    private static String post(RawSandbox sandbox, String fields) {
        return "POST /up HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n" + fields + "\r\n\r\n";
    }

    @Test
    void answer_withLength_isPassedOn() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 203 Not So Sure\r\nContent-Length: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\nhello");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            String answer = client.send(get(sandbox, "/")).message();
            assertThat(answer).startsWith("HTTP/1.1 203 Not So Sure\n").endsWith("\n\nhello")
                    .contains("X-A: 1\nX-A: 2\n").doesNotContainIgnoringCase("transfer-encoding", "via:");
        }
    }

    @Test
    void answer_chunked_arrivesPieceByPieceWithTrailers() throws Exception {
        CountDownLatch headSeen = new CountDownLatch(1);
        CountDownLatch firstSeen = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n");
            headSeen.await(10, TimeUnit.SECONDS);
            peer.send("3\r\none\r\n");
            firstSeen.await(10, TimeUnit.SECONDS);
            peer.send("3\r\ntwo\r\n0\r\nX-Sum: 42\r\nConnection: x\r\n\r\n");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(get(sandbox, "/")).head()).contains("ransfer-").containsIgnoringCase(": chunked");
            headSeen.countDown();
            assertThat(client.chunk()).isEqualTo("one");
            firstSeen.countDown();
            assertThat(client.chunk()).isEqualTo("two");
            assertThat(client.chunk()).isEmpty();
            assertThat(client.head()).isEqualTo("X-Sum: 42\n");
        }
    }

    @Test
    void answer_untilClose_isWholeForASlowClient() throws Exception {
        // many sizes, so that the end of some comes when everything on the way is just full and reading has stopped
        int sizes = 40;
        int step = 120_000;
        CountDownLatch sent = new CountDownLatch(sizes);
        List<RawPeer> clients = new ArrayList<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            int number = Integer.parseInt(peer.head().split("[/ ]", 4)[2]);
            peer.send("HTTP/1.0 200 OK\r\n\r\n").send(new byte[number * step]).endOutput();
            sent.countDown();
            peer.rest();
        })) {
            rig.run("abc", "u1", sandbox);
            for (int number = 0; number < sizes; number++) {
                clients.add(rig.client().send(get(sandbox, "/" + number)));
            }
            boolean _ = sent.await(2, TimeUnit.SECONDS);
            for (int number = 0; number < sizes; number++) {
                RawPeer client = clients.get(number);
                client.head();
                int total = 0;
                for (String chunk = client.chunk(); !chunk.isEmpty(); chunk = client.chunk()) {
                    total += chunk.length();
                }
                assertThat(total).isEqualTo(number * step);
            }
        } finally {
            for (RawPeer client : clients) {
                client.close();
            }
        }
    }

    @Test
    void answer_untilCloseToAnHttp10Client_endsWithItsConnection() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(
                    "GET / HTTP/1.0\r\nConnection: keep-alive\r\nHost: " + sandbox.port() + "-abc.localhost\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.0 200 OK").doesNotContainIgnoringCase("transfer-encoding");
            assertThat(client.rest()).isEqualTo("hi");
        }
    }

    @Test
    void answer_withoutBody_endsAtOnceAndKeepsTheConnection() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            assertThat(peer.head()).startsWith("HEAD /head ");
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            assertThat(peer.head()).startsWith("GET /204 ");
            peer.send("HTTP/1.1 204 No Content\r\nX-B: 1\r\n\r\n");
            assertThat(peer.head()).startsWith("GET /304 ");
            peer.send("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 7\r\n\r\n");
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send("HEAD /head HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200").containsIgnoringCase("content-length: 1000");
            assertThat(client.send(get(sandbox, "/204")).head()).startsWith("HTTP/1.1 204")
                    .doesNotContainIgnoringCase("content-length");
            assertThat(client.send(get(sandbox, "/304")).head()).startsWith("HTTP/1.1 304").contains("ETag: \"x\"");
            assertThat(client.send(get(sandbox, "/empty")).message()).endsWith("\n\n");
            assertThat(sandbox.connections()).isEqualTo(1);
        }
    }

    @Test
    void request_withLength_isPassedOn() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            String message = peer.message();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + message.length() + "\r\n\r\n" + message);
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            String seen = client.send(post(sandbox, "Content-Length: 5") + "hello").message();
            assertThat(seen).contains("POST /up HTTP/1.1\n").endsWith("\n\nhello");
        }
    }

    @Test
    void request_chunked_arrivesPieceByPiece() throws Exception {
        CountDownLatch firstSeen = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            assertThat(peer.head()).containsIgnoringCase("transfer-encoding: chunked")
                    .doesNotContainIgnoringCase("content-length");
            assertThat(peer.chunk()).isEqualTo("one");
            firstSeen.countDown();
            assertThat(peer.chunk()).isEqualTo("two");
            assertThat(peer.chunk()).isEmpty();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "Transfer-Encoding: chunked") + "3\r\none\r\n");
            assertThat(firstSeen.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.send("3\r\ntwo\r\n0\r\n\r\n").message()).endsWith("ok");
        }
    }

    @Test
    void request_expectingContinue_waitsForTheSandbox() throws Exception {
        CompletableFuture<String> body = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            assertThat(peer.head()).contains("Expect: 100-continue");
            peer.send("HTTP/1.1 102 Processing\r\n\r\n");
            peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            peer.send("HTTP/1.1 100 Continue\r\n\r\n");
            body.complete(peer.text(4));
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "Content-Length: 4\r\nExpect: 100-continue"));
            assertThat(client.head()).isEqualTo("HTTP/1.1 103 Early Hints\nLink: </a>\n");
            assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\n");
            assertThat(body).isNotDone();
            assertThat(client.send("body").message()).endsWith("ok");
            assertThat(body).isCompletedWithValue("body");
        }
    }

    @Test
    void request_expectingContinueAnsweredOtherwise_isTheLastOnItsConnection() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "Content-Length: 4\r\nExpect: 100-continue"));
            assertThat(client.message()).startsWith("HTTP/1.1 401").containsIgnoringCase("connection: close")
                    .endsWith("no");
        }
    }

    @Test
    void answer_clientDoesNotRead_holdsTheSandboxBack() throws Exception {
        AtomicLong written = new AtomicLong();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + BIG + "\r\n\r\n");
            write(peer, written);
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(get(sandbox, "/")).head();
            assertThat(stalledAt(written)).isLessThan(BUFFERS);
            assertThat(client.skip(BIG)).isEqualTo(BIG);
        }
    }

    @Test
    void request_sandboxDoesNotRead_holdsTheClientBack() throws Exception {
        AtomicLong written = new AtomicLong();
        CountDownLatch stalled = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            stalled.await(10, TimeUnit.SECONDS);
            long read = peer.skip(BIG);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + read);
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "Content-Length: " + BIG));
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, written));
            assertThat(stalledAt(written)).isLessThan(BUFFERS);
            stalled.countDown();
            writing.get(30, TimeUnit.SECONDS);
            assertThat(client.message()).endsWith("\n\n" + BIG);
        }
    }

    private static void write(RawPeer peer, AtomicLong written) {
        byte[] block = new byte[64 * 1024];
        try {
            while (written.get() < BIG) {
                peer.send(block);
                written.addAndGet(block.length);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Where the writer stands once it has not moved for a while.
    private static long stalledAt(AtomicLong written) {
        AtomicLong last = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(50)).during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(20))
                .until(() -> {
                    long now = written.get();
                    return last.getAndSet(now) == now && now > 0;
                });
        return written.get();
    }

    @Test
    void answer_beforeTheBodyWasSent_reachesTheClient() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "Content-Length: 1000000"));
            assertThat(client.message()).startsWith("HTTP/1.1 413").endsWith("big");
            assertThat(client.send(new byte[500_000]).ending()).isIn("end", "reset");
        }
    }

    @Test
    void request_smallBodyAnsweredEarly_leavesTheConnectionUsable() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            String head = peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (head.startsWith("POST") ? "p1" : "g1"));
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "Content-Length: 5"));
            assertThat(client.message()).endsWith("p1");
            assertThat(client.send("hello" + get(sandbox, "/")).message()).endsWith("g1");
        }
    }

    @Test
    void continue_forHttp10_isNotPassedOn() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send("POST / HTTP/1.0\r\nHost: " + sandbox.port()
                    + "-abc.localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.0 200 ");
        }
    }
}
