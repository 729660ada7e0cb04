package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteStates;
import io.sandgate.proxy.route.TrafficRules;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What requests for a paused sandbox lead to, when it can be woken.
class WakingTest {

    private record Asked(Route paused, CompletableFuture<Boolean> woken) {}

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final Rig rig = new Rig(draft -> {
        draft.maxConnectionsPerSandbox = 2;
        draft.wakeTimeout = Duration.ofMinutes(1);
    });

    WakingTest() {
        rig.waker(paused -> {
            CompletableFuture<Boolean> woken = new CompletableFuture<>();
            asked.add(new Asked(paused, woken));
            return woken;
        });
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static RawSandbox greeting() throws Exception {
        return new RawSandbox(peer -> {
            for (;;) {
                peer.message();
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
            }
        });
    }

    private static String get(RawSandbox sandbox) {
        return "GET / HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n\r\n";
    }

    private void pause(RawSandbox sandbox) {
        rig.put(rig.route("abc", "u1", sandbox.ip(), RouteStates.PAUSED));
    }

    private Asked next() throws InterruptedException {
        Asked next = asked.poll(10, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    @Test
    void request_forAPausedSandbox_isHeldUntilItRuns() throws Exception {
        try (RawSandbox sandbox = greeting(); RawPeer client = rig.client()) {
            pause(sandbox);
            client.send(get(sandbox));
            Asked call = next();
            assertThat(call.paused().uid()).isEqualTo("u1");
            assertThat(rig.forwarder.inFlight()).isEqualTo(1);
            assertThat(sandbox.connections()).isZero();
            rig.run("abc", "u1", sandbox);
            call.woken().complete(true);
            assertThat(client.message()).startsWith("HTTP/1.1 200").endsWith("hi");
            assertThat(rig.forwarder.inFlight()).isZero();
        }
    }

    @Test
    void request_thatIsAskedForFirst_wakesToo() throws Exception {
        try (RawSandbox sandbox = greeting(); RawPeer client = rig.client()) {
            rig.peers(id -> {
                pause(sandbox);
                return CompletableFuture.completedFuture(null);
            });
            client.send(get(sandbox));
            Asked call = next();
            rig.run("abc", "u1", sandbox);
            call.woken().complete(true);
            assertThat(client.message()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void request_forOneThatNobodyWantsWoken_is502() throws Exception {
        try (RawSandbox sandbox = greeting(); RawPeer client = rig.client()) {
            pause(sandbox);
            client.send(get(sandbox));
            next().woken().complete(false);
            assertThat(client.message()).startsWith("HTTP/1.1 502").contains("The sandbox was not found");
            assertThat(rig.metric("sandgate.proxy.refused", "reason", "paused")).isEqualTo(1);
        }
    }

    @Test
    void request_forOneThatCannotBeWoken_is503AndTheNextTriesAgain() throws Exception {
        try (RawSandbox sandbox = greeting(); RawPeer client = rig.client()) {
            pause(sandbox);
            client.send(get(sandbox));
            next().woken().completeExceptionally(new IllegalStateException("no room"));
            assertThat(client.message()).startsWith("HTTP/1.1 503").contains("Retry-After: 1", "could not be resumed");
            client.send(get(sandbox));
            next().woken().complete(true); // and it is paused all the same
            assertThat(client.message()).startsWith("HTTP/1.1 503");
            assertThat(rig.forwarder.inFlight()).isZero();
        }
    }

    @Test
    void request_thatWaitsTooLong_is503() throws Exception {
        try (Rig own = new Rig(draft -> draft.wakeTimeout = Duration.ofMillis(50));
                RawSandbox sandbox = greeting();
                RawPeer client = own.client()) {
            own.waker(paused -> new CompletableFuture<>());
            own.put(own.route("abc", "u1", sandbox.ip(), RouteStates.PAUSED));
            client.send(get(sandbox));
            assertThat(client.message()).startsWith("HTTP/1.1 503");
            assertThat(own.forwarder.inFlight()).isZero();
        }
    }

    @Test
    void request_withoutTheRightToBeForwarded_wakesNobody() throws Exception {
        try (RawSandbox sandbox = greeting(); RawPeer client = rig.client()) {
            Route open = rig.route("abc", "u1", sandbox.ip(), RouteStates.PAUSED);
            rig.put(new Route(open.namespace(), open.name(), open.id(), open.uid(), open.owner(), open.ip(),
                    open.state(), open.version(), open.authority(), TrafficRules.TOKEN, null));
            client.send(get(sandbox));
            assertThat(client.message()).startsWith("HTTP/1.1 403");
            assertThat(asked).isEmpty();
        }
    }

    @Test
    void requests_beyondTheLimitOfASandbox_doNotWait() throws Exception {
        try (RawSandbox sandbox = greeting();
                RawPeer first = rig.client();
                RawPeer second = rig.client();
                RawPeer third = rig.client()) {
            pause(sandbox);
            first.send(get(sandbox));
            Asked one = next();
            second.send(get(sandbox));
            Asked two = next();
            third.send(get(sandbox));
            assertThat(third.message()).startsWith("HTTP/1.1 429");
            rig.run("abc", "u1", sandbox);
            one.woken().complete(true);
            two.woken().complete(true);
            assertThat(first.message()).startsWith("HTTP/1.1 200");
            assertThat(second.message()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void client_thatGoesMeanwhile_waitsNoLonger() throws Exception {
        try (RawSandbox sandbox = greeting()) {
            pause(sandbox);
            Asked call;
            try (RawPeer client = rig.client()) {
                client.send(get(sandbox));
                call = next();
            }
            await().untilAsserted(() -> assertThat(rig.forwarder.inFlight()).isZero());
            rig.run("abc", "u1", sandbox);
            call.woken().complete(true);
            try (RawPeer other = rig.client()) {
                other.send(get(sandbox));
                assertThat(other.message()).startsWith("HTTP/1.1 200");
            }
            assertThat(sandbox.connections()).isEqualTo(1);
        }
    }
}
