package io.sandgate.api.e2b;

import io.sandgate.sandbox.SandboxState;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class BodyFramingTest {
    private static final String HEAD = "POST /v2/sandboxes HTTP/1.1\r\nHost: localhost\r\nx-api-KEY: "
            + TestReplica.KEY_A + "\r\n";
    private static final int MAX = E2bSettings.DEFAULT.maxBody();

    private TestCluster cluster;
    private FakeSandboxes sandboxes;
    private int port;

    @BeforeEach
    void start() {
        cluster = new TestCluster(1, E2bSettings.DEFAULT);
        sandboxes = cluster.get(0).sandboxes;
        port = cluster.get(0).port();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void body_inChunks_isRead() {
        TestWire.Raw raw = TestWire.send(port, HEAD + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "a\r\n{\"template\r\n1\r\nI\r\n8\r\nD\":\"base\r\n2\r\n\"}\r\n0\r\n\r\n");

        assertThat(raw.answer().status()).isEqualTo(201);
    }

    @Test
    void body_emptyInChunks_isNone() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        TestWire.Raw raw = TestWire.send(port,
                HEAD.replace("/v2/sandboxes", "/sandboxes/" + id + "/pause")
                        + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

        assertThat(raw.answer().status()).isEqualTo(204);
    }

    @Test
    void body_asText_isReadAsJson() {
        String body = "{\"templateID\":\"base\"}";
        TestWire.Raw raw = TestWire.send(port,
                HEAD + "Connection: close\r\nContent-Type: text/plain\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body);

        assertThat(raw.answer().status()).isEqualTo(201);
    }

    @Test
    void body_largest_isAccepted() {
        String start = "{\"templateID\":\"base\",\"unknown\":\"";
        String body = start + "x".repeat(MAX - start.length() - 2) + "\"}";

        assertThat(cluster.get(0).client.post("/v2/sandboxes", body).status()).isEqualTo(201);
        cluster.get(0).client.post("/v2/sandboxes", body + " ").isError(413);
    }

    @Test
    void body_declaredTooLarge_is413AtOnceAndCloses() {
        TestWire.Raw raw = TestWire.send(port, HEAD + "Content-Length: " + (MAX + 1) + "\r\n\r\n{");

        raw.answer().isError(413).saying(Integer.toString(MAX));
        assertThat(raw.answer().header("connection")).isEqualTo("close");
    }

    @Test
    void body_tooLargeInChunks_is413AndCloses() {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";

        TestWire.Raw raw = TestWire.send(port,
                HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(MAX / 0x10000 + 1));

        raw.answer().isError(413);
        assertThat(sandboxes.creates).isEmpty();
    }

    @Test
    void body_thatWaitsForLeave_getsIt() {
        String body = "{\"templateID\":\"base\"}";
        TestWire.Raw raw = TestWire.send(port, HEAD + "Connection: close\r\nExpect: 100-continue\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);

        assertThat(raw.text()).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201");
    }

    @Test
    void client_thatGoesAway_cancelsNothing() throws Exception {
        sandboxes.open = new CountDownLatch(1);
        String body = "{\"templateID\":\"base\"}";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.UTF_8));
            await().until(() -> cluster.get(0).running("client") == 1);
        }
        await().until(() -> cluster.get(0).meters.find("sandgate.api.requests").tag("status", "aborted")
                .timer() != null);

        sandboxes.open.countDown();

        await().until(() -> sandboxes.all.size() == 1);
        await().until(() -> cluster.get(0).running("client") == 0);
    }
}
