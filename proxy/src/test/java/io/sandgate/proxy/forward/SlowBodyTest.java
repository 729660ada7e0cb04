package io.sandgate.proxy.forward;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What becomes of requests whose bodies come in drops.
class SlowBodyTest {

    private final Rig rig = new Rig(draft -> draft.requestBodyWindow = Duration.ofMillis(100));

    @AfterEach
    void close() {
        rig.close();
    }

    /// Answers each request when it has come to its end.
    private static RawSandbox patient() throws Exception {
        return new RawSandbox(peer -> {
            for (;;) {
                peer.message();
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
    }

    private static String post(RawSandbox sandbox, String fields) {
        return "POST / HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\nContent-Length: 1000\r\n" + fields
                + "\r\n";
    }

    @Test
    void body_thatStops_is408AndFreesTheSandbox() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.rest();
            ended.countDown();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "") + "drop");
            assertThat(client.message()).startsWith("HTTP/1.1 408").contains("Connection: close", "bytes a second");
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(rig.forwarder.inFlight()).isZero();
            assertThat(rig.metric("sandgate.proxy.refused", "reason", "slow_body")).isEqualTo(1);
        }
    }

    @Test
    void body_forTheLifecycleApi_is408() throws Exception {
        try (RawPeer client = rig.client()) {
            client.send("POST /whole-body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\ndrop");
            assertThat(client.message()).startsWith("HTTP/1.1 408").contains("Connection: close");
        }
    }

    @Test
    void body_ofACallThatStreams_mayTakeItsTime() throws Exception {
        try (RawSandbox sandbox = patient(); RawPeer client = rig.client(); RawPeer slow = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "Content-Type: application/connect+json\r\n") + "drop");
            untilASlowOneIsRefused(slow, sandbox);
            client.send("x".repeat(996));
            assertThat(client.message()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void body_afterItsAnswerBegan_mayTakeItsTime() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
            peer.text(1000);
            peer.send("k");
            peer.rest();
        }); RawSandbox other = patient(); RawPeer client = rig.client(); RawPeer slow = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "") + "drop");
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            untilASlowOneIsRefused(slow, other);
            client.send("x".repeat(996));
            assertThat(client.text(2)).isEqualTo("ok");
        }
    }

    @Test
    void body_thatItsClientWasNotToldToSend_mayTakeItsTime() throws Exception {
        CountDownLatch refused = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            boolean _ = refused.await(10, TimeUnit.SECONDS);
            peer.send("HTTP/1.1 100 Continue\r\n\r\n");
            peer.text(1000);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            peer.rest();
        }); RawSandbox other = patient(); RawPeer client = rig.client(); RawPeer slow = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(post(sandbox, "Expect: 100-continue\r\n"));
            untilASlowOneIsRefused(slow, other);
            refused.countDown();
            assertThat(client.head()).startsWith("HTTP/1.1 100");
            client.send("x".repeat(1000));
            assertThat(client.message()).endsWith("ok");
        }
    }

    private void untilASlowOneIsRefused(RawPeer slow, RawSandbox other) throws Exception {
        rig.run("other", "u2", other);
        slow.send("POST / HTTP/1.1\r\nHost: " + other.port() + "-other.localhost\r\nContent-Length: 9\r\n\r\nx");
        assertThat(slow.message()).startsWith("HTTP/1.1 408");
    }
}
