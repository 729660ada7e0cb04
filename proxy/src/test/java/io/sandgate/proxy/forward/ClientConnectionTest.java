package io.sandgate.proxy.forward;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What one connection of a client carries, one request after the other.
class ClientConnectionTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    /// Answers each request with its method, its target and its body.
    private static RawSandbox echoing() throws Exception {
        return new RawSandbox(peer -> {
            for (;;) {
                String head = peer.head();
                String length = RawPeer.field(head, "content-length");
                String body = RawPeer.field(head, "transfer-encoding").isEmpty()
                        ? length.isEmpty() ? "" : peer.text(Integer.parseInt(length))
                        : chunks(peer);
                String text = head.substring(0, head.indexOf(" HTTP")) + " " + body;
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
            }
        });
    }

    private static String chunks(RawPeer peer) throws Exception {
        StringBuilder body = new StringBuilder();
        for (String chunk = peer.chunk(); !chunk.isEmpty(); chunk = peer.chunk()) {
            body.append(chunk);
        }
        return body + "|" + peer.head();
    }

    private static String to(RawSandbox sandbox, String start, String rest) {
        return start + " HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n" + rest;
    }

    /// Requests of all kinds, which are answered in their order, with how the body of each answer ends.
    private static String requests(RawSandbox sandbox) {
        return to(sandbox, "GET /1", "\r\n") + "POST /sandboxes HTTP/1.1\r\nHost: api\r\nContent-Length: 4\r\n\r\nbody"
                + to(sandbox, "POST /2", "Content-Length: 4\r\n\r\nfour")
                + to(sandbox, "PUT /3", "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Late: 1\r\n\r\n")
                + "\r\n" + "GET / HTTP/1.1\r\nHost: 3000-nobody.localhost\r\nContent-Length: 2\r\n\r\nno"
                + "PUT /sandboxes HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
                + to(sandbox, "GET /4", "\r\n");
    }

    private void assertAnswers(RawPeer client) throws Exception {
        assertThat(client.message()).endsWith("\nGET /1 ");
        assertThat(client.message()).startsWith("HTTP/1.1 404").endsWith("\nlifecycle");
        assertThat(client.message()).endsWith("\nPOST /2 four");
        assertThat(client.message()).as("trailers of a request go no further").endsWith("\nPUT /3 hi|");
        assertThat(client.message()).startsWith("HTTP/1.1 502");
        assertThat(client.message()).startsWith("HTTP/1.1 404").endsWith("\nlifecycle");
        assertThat(client.message()).endsWith("\nGET /4 ");
    }

    @Test
    void requestsOfAllKinds_sentAtOnce_areAnsweredInTheirOrder() throws Exception {
        try (RawSandbox sandbox = echoing(); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(requests(sandbox).repeat(20));
            for (int i = 0; i < 20; i++) {
                assertAnswers(client);
            }
            assertThat(sandbox.connections()).isEqualTo(1);
        }
    }

    @Test
    void requestsOfAllKinds_sentByteByByte_areAnsweredTheSame() throws Exception {
        try (RawSandbox sandbox = echoing(); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            for (byte each : requests(sandbox).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)) {
                client.send(new byte[]{each});
            }
            assertAnswers(client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\r\n", "1\nx\r\n0\r\n\r\n", "1\r\nxy\r\n0\r\n\r\n", "-1\r\n", "1000000000000000\r\n",
            "1;\u0001\r\n", "0\r\nno trailer\r\n\r\n"})
    void brokenChunks_endTheRequestAndTheConnection(String body) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            try {
                peer.head();
                peer.rest();
            } finally {
                ended.countDown();
            }
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(to(sandbox, "POST /", "Transfer-Encoding: chunked\r\n\r\n" + body)
                    + to(sandbox, "GET /smuggled", "\r\n"));
            assertThat(client.message()).startsWith("HTTP/1.1 400").contains("Connection: close");
            assertThat(client.ending()).isEqualTo("end");
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(sandbox.connections()).isEqualTo(1);
        }
    }

    @Test
    void client_onWhoseConnectionNothingGoes_isClosed() throws Exception {
        try (Rig own = new Rig(draft -> draft.clientIdleTimeout = Duration.ofMillis(200));
                RawSandbox sandbox = new RawSandbox(peer -> {
                    peer.head();
                    peer.rest();
                });
                RawPeer silent = own.client();
                RawPeer waiting = own.client()) {
            own.run("abc", "u1", sandbox);
            waiting.send(to(sandbox, "GET /", "\r\n"));
            assertThat(silent.ending()).isEqualTo("end");
            assertThat(waiting.ending()).isEqualTo("end");
        }
    }

    @Test
    void head_thatTakesTooLong_is408AndAWholeOneBeforeItIsAnswered() throws Exception {
        try (Rig own = new Rig(draft -> draft.requestHeadTimeout = Duration.ofMillis(200));
                RawSandbox sandbox = echoing();
                RawPeer client = own.client();
                RawPeer silent = own.client()) {
            own.run("abc", "u1", sandbox);
            client.send(to(sandbox, "GET /whole", "\r\n") + to(sandbox, "GET /half", "X-Drip: 1"));
            assertThat(client.message()).endsWith("GET /whole ");
            assertThat(client.message()).startsWith("HTTP/1.1 408").contains("Connection: close");
            assertThat(client.ending()).isEqualTo("end");
            silent.send(to(sandbox, "GET /later", "\r\n"));
            assertThat(silent.message()).endsWith("GET /later ");
        }
    }

    @Test
    void client_ofADrainingReplica_isToldToGoAfterItsAnswer() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch draining = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.message();
            asked.countDown();
            boolean _ = draining.await(10, TimeUnit.SECONDS);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            peer.rest();
        }); RawPeer client = rig.client(); RawPeer refused = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(to(sandbox, "GET /", "\r\n"));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            rig.forwarder.drain();
            draining.countDown();
            assertThat(client.message()).contains("Connection: close").endsWith("ok");
            assertThat(client.ending()).isEqualTo("end");
            refused.send("GET / HTTP/1.1\r\nHost: 3000-nobody.localhost\r\n\r\n");
            assertThat(refused.message()).startsWith("HTTP/1.1 502").contains("Connection: close");
            assertThat(refused.ending()).isEqualTo("end");
        }
    }

    @Test
    void client_thatGoesWhileItsAnswerIsAwaited_freesTheSandbox() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            asked.countDown();
            peer.rest();
            ended.countDown();
        })) {
            rig.run("abc", "u1", sandbox);
            try (RawPeer client = rig.client()) {
                client.send(to(sandbox, "GET /", "\r\n"));
                assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(rig.forwarder.inFlight()).isZero();
        }
    }
}
