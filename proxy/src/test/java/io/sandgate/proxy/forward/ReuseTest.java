package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.RouteStates;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Connections to sandboxes: kept for the next request of the same life, never for another one; retried with care.
class ReuseTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static String request(String method, RawSandbox sandbox, String id) {
        return method + " / HTTP/1.1\r\nHost: " + sandbox.port() + "-" + id + ".localhost\r\n\r\n";
    }

    private static RawSandbox answering() throws Exception {
        return new RawSandbox(peer -> {
            for (;;) {
                peer.message();
                peer.send(OK);
            }
        });
    }

    private void ask(RawSandbox sandbox, String id) throws Exception {
        try (RawPeer client = rig.client()) {
            assertThat(client.send(request("GET", sandbox, id)).message()).startsWith("HTTP/1.1 200").endsWith("ok");
        }
    }

    @Test
    void request_sameLife_reusesTheConnectionOverClients() throws Exception {
        try (RawSandbox sandbox = answering()) {
            rig.run("abc", "u1", sandbox);
            for (int i = 0; i < 5; i++) {
                ask(sandbox, "abc");
            }
            assertThat(sandbox.connections()).isEqualTo(1);
            assertThat(rig.metric("sandgate.proxy.upstream.connects", "result", "ok")).isEqualTo(1);
            assertThat(rig.metric("sandgate.proxy.upstream.reuses")).isEqualTo(4);
            await().until(() -> rig.metric("sandgate.proxy.upstream.idle") == 1);
            await().until(() -> rig.metric("sandgate.proxy.upstream.active") == 0);
        }
    }

    @Test
    void request_pausedAndResumedLife_keepsTheConnection() throws Exception {
        try (RawSandbox sandbox = answering()) {
            rig.run("abc", "u1", sandbox);
            ask(sandbox, "abc");
            rig.put(rig.route("abc", "u1", sandbox.ip(), RouteStates.PAUSED));
            rig.run("abc", "u1", sandbox);
            ask(sandbox, "abc");
            assertThat(sandbox.connections()).isEqualTo(1);
        }
    }

    @Test
    void request_otherLifeAtTheSameAddress_getsAConnectionOfItsOwn() throws Exception {
        try (RawSandbox sandbox = answering()) {
            rig.run("abc", "u1", sandbox);
            rig.run("def", "u2", sandbox);
            ask(sandbox, "abc");
            ask(sandbox, "def");
            assertThat(sandbox.connections()).isEqualTo(2);
            ask(sandbox, "abc");
            ask(sandbox, "def");
            assertThat(sandbox.connections()).isEqualTo(2);
        }
    }

    @Test
    void request_newLifeOfTheSameIdAtTheSameAddress_getsANewConnection() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        AtomicInteger connection = new AtomicInteger();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            boolean first = connection.incrementAndGet() == 1;
            peer.message();
            peer.send(OK);
            peer.rest();
            if (first) {
                closed.countDown();
            }
        })) {
            rig.run("abc", "u1", sandbox);
            ask(sandbox, "abc");
            rig.run("abc", "u2", sandbox);
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            ask(sandbox, "abc");
            assertThat(sandbox.connections()).isEqualTo(2);
        }
    }

    @Test
    void answer_announcingClose_isNotFollowedOnItsConnection() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.message();
            peer.send("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok");
            peer.rest();
        })) {
            rig.run("abc", "u1", sandbox);
            ask(sandbox, "abc");
            ask(sandbox, "abc");
            assertThat(sandbox.connections()).isEqualTo(2);
        }
    }

    @Test
    void answer_announcingAShortKeepAlive_isNotReliedOn() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            for (;;) {
                peer.message();
                peer.send("HTTP/1.1 200 OK\r\nKeep-Alive: max=5, timeout=1\r\nContent-Length: 2\r\n\r\nok");
            }
        })) {
            rig.run("abc", "u1", sandbox);
            ask(sandbox, "abc");
            ask(sandbox, "abc");
            assertThat(sandbox.connections()).isEqualTo(2);
        }
    }

    @Test
    void connection_unusedForLong_isClosed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (Rig own = new Rig(draft -> draft.upstreamIdleTimeout = Duration.ofMillis(100));
                RawSandbox sandbox = new RawSandbox(peer -> {
                    peer.message();
                    peer.send(OK);
                    peer.rest();
                    closed.countDown();
                });
                RawPeer client = own.client()) {
            own.run("abc", "u1", sandbox);
            client.send(request("GET", sandbox, "abc")).message();
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            await().until(() -> own.metric("sandgate.proxy.upstream.idle") == 0);
        }
    }

    @Test
    void connections_beyondTheIdleLimit_areClosedEldestFirst() throws Exception {
        try (Rig own = new Rig(draft -> draft.maxIdle = 1);
                RawSandbox first = answering();
                RawSandbox second = answering()) {
            own.run("abc", "u1", first);
            own.run("def", "u2", second);
            try (RawPeer client = own.client()) {
                client.send(request("GET", first, "abc")).message();
                client.send(request("GET", second, "def")).message();
                await().until(() -> own.metric("sandgate.proxy.upstream.active") == 0);
                assertThat(own.metric("sandgate.proxy.upstream.idle")).isEqualTo(1);
                client.send(request("GET", second, "def")).message();
                assertThat(second.connections()).isEqualTo(1);
                client.send(request("GET", first, "abc")).message();
                assertThat(first.connections()).isEqualTo(2);
            }
        }
    }

    /// A sandbox whose first connection breaks as soon as its second request arrives.
    private static RawSandbox breakingOnReuse(AtomicInteger second) throws Exception {
        AtomicInteger connection = new AtomicInteger();
        return new RawSandbox(peer -> {
            boolean first = connection.incrementAndGet() == 1;
            peer.message();
            peer.send(OK);
            peer.head();
            if (first) {
                second.incrementAndGet();
                peer.reset();
            }
            peer.send(OK);
            peer.rest();
        });
    }

    @Test
    void request_idempotentOnADeadConnection_isSentOnceMore() throws Exception {
        AtomicInteger second = new AtomicInteger();
        try (RawSandbox sandbox = breakingOnReuse(second); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(request("GET", sandbox, "abc")).message()).endsWith("ok");
            assertThat(client.send(request("GET", sandbox, "abc")).message()).startsWith("HTTP/1.1 200");
            assertThat(second).hasValue(1);
            assertThat(sandbox.connections()).isEqualTo(2);
            assertThat(rig.metric("sandgate.proxy.upstream.retries")).isEqualTo(1);
        }
    }

    @Test
    void request_notIdempotentOnADeadConnection_isNotSentAgain() throws Exception {
        AtomicInteger second = new AtomicInteger();
        try (RawSandbox sandbox = breakingOnReuse(second); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(request("GET", sandbox, "abc")).message()).endsWith("ok");
            assertThat(client.send(request("POST", sandbox, "abc")).message()).startsWith("HTTP/1.1 502")
                    .contains("closed the connection before it answered");
            assertThat(sandbox.connections()).isEqualTo(1);
        }
    }

    @Test
    void request_bodyAlreadySentOnADeadConnection_isNotSentAgain() throws Exception {
        AtomicInteger connection = new AtomicInteger();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            connection.incrementAndGet();
            peer.message();
            peer.send(OK);
            peer.head();
            peer.text(3);
            peer.reset();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(request("GET", sandbox, "abc")).message()).endsWith("ok");
            client.send("PUT / HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\nContent-Length: 9\r\n\r\nabc");
            assertThat(client.message()).startsWith("HTTP/1.1 502");
            assertThat(connection).hasValue(1);
        }
    }

    @Test
    void request_freshConnectionBreaks_isNotSentAgain() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(RawPeer::head); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(request("GET", sandbox, "abc")).message()).startsWith("HTTP/1.1 502")
                    .contains("closed the connection before it answered");
            assertThat(sandbox.connections()).isEqualTo(1);
        }
    }

    @Test
    void request_serverThatIsJustStarting_waitsForIt() throws Exception {
        RawSandbox gone = answering();
        gone.close();
        try (Rig own = new Rig(draft -> {
            draft.connectAttempts = 50;
            draft.connectTimeout = Duration.ofSeconds(9);
        }); RawPeer client = own.client()) {
            own.run("abc", "u1", gone);
            client.send(request("GET", gone, "abc"));
            await().until(() -> own.metric("sandgate.proxy.upstream.connects", "result", "failed") >= 2);
            try (RawSandbox sandbox = new RawSandbox(gone.ip(), gone.port(), peer -> {
                peer.message();
                peer.send(OK);
                peer.rest();
            })) {
                assertThat(client.message()).endsWith("ok");
                assertThat(sandbox.connections()).isEqualTo(1);
            }
        }
    }

    @Test
    void draining_tellsTheClientsOfBothSidesToGoElsewhere() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            for (;;) {
                peer.head();
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        }); RawPeer kept = rig.client(); RawPeer api = rig.client()) {
            rig.run("abc", "u1", sandbox);
            String request = "GET / HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n\r\n";
            String lifecycle = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
            assertThat(RawPeer.field(kept.send(request).message(), "connection")).isEmpty();
            assertThat(RawPeer.field(api.send(lifecycle).message(), "connection")).isEmpty();

            rig.forwarder.drain();

            assertThat(RawPeer.field(kept.send(request).message(), "connection")).isEqualTo("close");
            assertThat(kept.ending()).isEqualTo("end");
            String last = api.send(lifecycle).message();
            assertThat(last).endsWith("lifecycle");
            assertThat(RawPeer.field(last, "connection")).isEqualTo("close");
            assertThat(api.ending()).isEqualTo("end");
            try (RawPeer late = rig.client()) {
                assertThat(late.send(request).message()).startsWith("HTTP/1.1 200").contains("onnection: close");
                assertThat(late.ending()).isEqualTo("end");
            }
        }
    }
}
