package io.sandgate.proxy.forward;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Sandboxes whose answers are not what they say: the client gets 502 or sees that its answer is cut off, never bytes of
/// another one, and the connection to the sandbox is not used again.
class LyingSandboxTest {

    private static final Rig RIG = new Rig();
    private static final AtomicInteger LIVES = new AtomicInteger();
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    @AfterAll
    static void close() {
        RIG.close();
    }

    /// A sandbox that answers the first request on its first connection with this, and all on others with `honest`.
    private static RawSandbox lying(String answer, boolean thenCloses) throws IOException {
        AtomicInteger connections = new AtomicInteger();
        return new RawSandbox(peer -> {
            if (connections.incrementAndGet() == 1) {
                peer.head();
                peer.send(answer);
                if (!thenCloses) {
                    peer.rest();
                }
                return;
            }
            while (true) {
                peer.head();
                peer.send(OK + "Content-Length: 6\r\n\r\nhonest");
            }
        });
    }

    private static String get(RawSandbox sandbox) {
        return "GET / HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n\r\n";
    }

    private static void run(RawSandbox sandbox) {
        RIG.run("abc", "u" + LIVES.incrementAndGet(), sandbox);
    }

    /// The next client of the sandbox gets an answer of its own, over another connection.
    private static void assertNextIsHonest(RawSandbox sandbox) throws IOException {
        try (RawPeer next = RIG.client()) {
            assertThat(next.send(get(sandbox)).message()).startsWith("HTTP/1.1 200").endsWith("\nhonest");
        }
        assertThat(sandbox.connections()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab", "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nab", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab",
            "HTTP/1.1 200 OK\nContent-Length: 2\n\nab", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nab",
            "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\nA\r\n\r\n", "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", "HTTP/1.1 200 O\0K\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
            "ICY 200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "\n\n",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbytes",
            "HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
    void answer_thatIsNone_isABadAnswer(String answer) throws Exception {
        try (RawSandbox sandbox = lying(answer, false); RawPeer client = RIG.client()) {
            run(sandbox);
            assertThat(client.send(get(sandbox)).message()).startsWith("HTTP/1.1 502 ").endsWith(",\"code\":502}");
            assertThat(client.send(get(sandbox)).message()).startsWith("HTTP/1.1 200").endsWith("\nhonest");
            assertNextIsHonest(sandbox);
        }
    }

    @ParameterizedTest
    @CsvSource({"'HTTP/1.1 200 OK\r\n','A: b\r\n'", "'HTTP/1.1 200 ','aaaaaaaaaa'", "'','HTTP/1.1 102 Wait\r\n\r\n'",
            "'','HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'"})
    void answer_whoseHeadHasNoEnd_isABadAnswer(String start, String repeated) throws Exception {
        try (RawSandbox sandbox = lying(start + repeated.repeat(20_000), false); RawPeer client = RIG.client()) {
            run(sandbox);
            client.send(get(sandbox));
            String head = client.head();
            int interim = 0;
            while (head.startsWith("HTTP/1.1 103 ")) {
                interim++;
                head = client.head();
            }
            assertThat(head).startsWith("HTTP/1.1 502 ");
            assertThat(interim).isLessThanOrEqualTo(64 * 1024 / repeated.length());
            assertNextIsHonest(sandbox);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf",
            "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n",
            "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\nA: b\r\n"})
    void answer_shorterThanItSays_isCutOff(String answer) throws Exception {
        try (RawSandbox sandbox = lying(OK + answer, true); RawPeer client = RIG.client()) {
            run(sandbox);
            client.send(get(sandbox));
            assertCutOff(client);
            assertNextIsHonest(sandbox);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"g\r\n", "-4\r\nhalf\r\n", "0x4\r\nhalf\r\n", " 4\r\nhalf\r\n", "4 \r\nhalf\r\n",
            "4\nhalf\n0\n\n", "4\r\nhalf0\r\n\r\n", "4\r\nhalf\n0\r\n\r\n", "4;\0\r\nhalf\r\n0\r\n\r\n",
            "FFFFFFFFFFFFFFFFF\r\nhalf", "4\r\nhalf\r\n0\r\n\rX", "4\r\nhalf\r\n0\r\nA : b\r\n\r\n",
            "4\r\nhalf\r\n0\r\nA: b\nC: d\r\n\r\n", "\r\n4\r\nhalf\r\n0\r\n\r\n"})
    void answer_withChunksThatAreNone_isCutOff(String chunks) throws Exception {
        try (RawSandbox sandbox = lying(OK + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n" + chunks, false);
                RawPeer client = RIG.client()) {
            run(sandbox);
            client.send(get(sandbox));
            assertCutOff(client);
            assertNextIsHonest(sandbox);
        }
    }

    @Test
    void answer_withChunksThatAreNone_resetsAnHttp10Client() throws Exception {
        try (RawSandbox sandbox = lying(OK + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\nX", false);
                RawPeer client = RIG.client()) {
            run(sandbox);
            client.send(get(sandbox).replace("HTTP/1.1", "HTTP/1.0"));
            assertThatReading(client).isEqualTo("reset");
            assertNextIsHonest(sandbox);
        }
    }

    private static org.assertj.core.api.AbstractStringAssert<?> assertThatReading(RawPeer client) {
        try {
            return assertThat(client.rest());
        } catch (IOException e) {
            return assertThat("reset");
        }
    }

    /// The connection ends, and what came is no whole answer.
    private static void assertCutOff(RawPeer client) {
        assertThatReading(client).doesNotContain("\r\n0\r\n\r\n", "honest").doesNotEndWith("\r\n\r\n\r\n")
                .satisfies(text -> assertThat(text.split("HTTP/1\\.1 ", -1)).hasSizeLessThanOrEqualTo(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 4\r\n\r\nbody",
            "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"})
    void answer_withMoreBehindItsEnd_passesOnlyWhatItSays(String answer) throws Exception {
        for (String more : new String[]{"X", "\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"}) {
            try (RawSandbox sandbox = lying(OK + answer + more, false); RawPeer client = RIG.client()) {
                run(sandbox);
                // the second request is there before the first answer
                client.send(get(sandbox) + get(sandbox).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
                assertThat(client.rest()).startsWith(OK + answer + "HTTP/1.1 200").endsWith("\r\n\r\nhonest")
                        .doesNotContain("other");
                assertNextIsHonest(sandbox);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"HEAD,200 OK", "GET,304 Not Modified"})
    void answer_withABodyWhereNoneMayBe_passesOnlyItsHead(String method, String status) throws Exception {
        try (RawSandbox sandbox = lying("HTTP/1.1 " + status + "\r\nContent-Length: 4\r\n\r\nbody", false);
                RawPeer client = RIG.client()) {
            run(sandbox);
            client.send(get(sandbox).replace("GET", method));
            assertThat(client.head()).startsWith("HTTP/1.1 " + status);
            assertThat(client.send(get(sandbox)).message()).startsWith("HTTP/1.1 200").endsWith("\nhonest");
            assertNextIsHonest(sandbox);
        }
    }

    @Test
    void answer_sentAheadOfARequest_reachesNobody() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            boolean first = connections.incrementAndGet() == 1;
            while (true) {
                peer.head();
                peer.send(OK + "Content-Length: 6\r\n\r\nhonest");
                if (first) {
                    await().until(() -> RIG.metric("sandgate.proxy.upstream.idle") == 1);
                    peer.send(OK + "Content-Length: 6\r\n\r\nplaced");
                }
            }
        }); RawPeer client = RIG.client()) {
            await().until(() -> RIG.metric("sandgate.proxy.upstream.idle") == 0);
            run(sandbox);
            assertThat(client.send(get(sandbox)).message()).endsWith("\nhonest");
            await().until(() -> RIG.metric("sandgate.proxy.upstream.idle") == 0);
            assertThat(client.send(get(sandbox)).message()).endsWith("\nhonest");
            assertNextIsHonest(sandbox);
        }
    }
}
