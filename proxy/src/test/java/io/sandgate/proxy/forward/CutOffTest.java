package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteStates;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What is in flight when a side dies: nobody takes half an answer for a whole one.
class CutOffTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static String get(RawSandbox sandbox) {
        return "GET / HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\n\r\n";
    }

    /// A sandbox that sends half an answer, then waits for its connection to end and says how it did.
    private static RawSandbox halfway(CompletableFuture<String> ending) throws Exception {
        return new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
            ending.complete(peer.ending());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"deleted", "dead", "replaced", "moved", "taken over"})
    void route_gone_abortsWhatIsInFlight(String how) throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (RawSandbox sandbox = halfway(ending); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(get(sandbox)).head();
            assertThat(client.chunk()).isEqualTo("half");
            switch (how) {
                case "deleted" -> rig.remove("abc");
                case "dead" -> rig.put(rig.route("abc", "u1", sandbox.ip(), RouteStates.DEAD));
                case "replaced" -> rig.run("abc", "u2", sandbox);
                case "moved" -> rig.put(rig.route("abc", "u1", RawSandbox.nextAddress(), RouteStates.RUNNING));
                default -> rig.put(new Route("other", "abc", "abc", "u3", "team", sandbox.ip(), RouteStates.RUNNING,
                        RouteVersion.of(1), "r1", TrafficRules.OPEN, null));
            }
            assertThat(client.ending()).isIn("end", "reset");
            assertThat(ending.get(10, TimeUnit.SECONDS)).isIn("end", "reset");
            assertThat(rig.metric("sandgate.proxy.aborted", "reason", "route_gone")).isEqualTo(1);
            await().until(() -> rig.metric("sandgate.proxy.upstream.active") == 0);
        }
    }

    @Test
    void route_paused_leavesWhatIsInFlight() throws Exception {
        CountDownLatch paused = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
            paused.await(10, TimeUnit.SECONDS);
            peer.send("rest");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(get(sandbox)).head();
            rig.put(rig.route("abc", "u1", sandbox.ip(), RouteStates.PAUSED));
            paused.countDown();
            assertThat(client.text(8)).isEqualTo("halfrest");
        }
    }

    @Test
    void route_goneBeforeTheAnswer_isNotFound() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            asked.countDown();
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(get(sandbox));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            rig.remove("abc");
            assertThat(client.message()).startsWith("HTTP/1.1 502").contains("The sandbox was not found");
        }
    }

    @Test
    void route_goneWhileConnecting_leavesTheConnectionUnused() throws Exception {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<Refusal> refused = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> first.complete(peer.ending()))) {
            Route route = rig.route("abc", "u1", sandbox.ip(), RouteStates.RUNNING);
            DataPlane plane = rig.planes.getFirst();
            plane.loop().eventLoop().execute(() -> {
                plane.loop().pools().lease(route, sandbox.port(), false, false, new Lessee() {
                    @Override
                    public void connected(Upstream upstream) {
                        refused.completeExceptionally(new AssertionError("connected"));
                    }

                    @Override
                    public void refused(Refusal refusal) {
                        refused.complete(refusal);
                    }

                    @Override
                    public void sandboxGone() {
                        refused.completeExceptionally(new AssertionError("leased"));
                    }
                });
                plane.loop().pools().end(new LifePool.Life("u1", sandbox.ip()));
            });
            assertThat(refused.get(10, TimeUnit.SECONDS)).isEqualTo(Refusal.notFound("abc"));
            assertThat(first.get(10, TimeUnit.SECONDS)).isIn("end", "reset");
            assertThat(rig.forwarder.inFlight()).isZero();
        }
    }

    @Test
    void route_goneWhileTheAnswerIsUntilClose_resetsAnHttp10Client() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send("GET / HTTP/1.0\r\nHost: " + sandbox.port() + "-abc.localhost\r\n\r\n").head();
            assertThat(client.text(4)).isEqualTo("half");
            rig.remove("abc");
            assertThat(client.ending()).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "Transfer-Encoding: chunked\r\n\r\n6\r\nhalf"})
    void sandbox_diesInMidAnswer_abortsTheClient(String half) throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 OK\r\n" + half);
            seen.await(10, TimeUnit.SECONDS);
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(get(sandbox)).head();
            seen.countDown();
            assertThat(client.rest()).doesNotEndWith("0\r\n\r\n").hasSizeLessThan(20);
            await().until(() -> rig.metric("sandgate.proxy.aborted", "reason", "upstream_died") == 1);
        }
    }

    @Test
    void sandbox_answersNoHttp_isABadAnswer() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("SSH-2.0-OpenSSH\r\n\r\n");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(get(sandbox)).message()).startsWith("HTTP/1.1 502").contains("\"port\":");
        }
    }

    @Test
    void sandbox_switchesProtocolsUnasked_isABadAnswer() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nbytes");
            peer.rest();
        }); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            assertThat(client.send(get(sandbox)).message()).startsWith("HTTP/1.1 502");
        }
    }

    @Test
    void client_goneInMidAnswer_endsTheSandboxesConnection() throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (RawSandbox sandbox = halfway(ending)) {
            rig.run("abc", "u1", sandbox);
            try (RawPeer client = rig.client()) {
                client.send(get(sandbox)).head();
            }
            assertThat(ending.get(10, TimeUnit.SECONDS)).isIn("end", "reset");
            await().until(() -> rig.metric("sandgate.proxy.aborted", "reason", "client_gone") == 1);
            assertThat(rig.metric("sandgate.proxy.upstream.idle")).isZero();
            assertThat(rig.metric("sandgate.proxy.upstream.active")).isZero();
        }
    }

    @Test
    void client_goneBeforeTheAnswer_endsTheSandboxesConnection() throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            ending.complete(peer.ending());
        })) {
            rig.run("abc", "u1", sandbox);
            try (RawPeer client = rig.client()) {
                client.send(get(sandbox));
                await().until(() -> sandbox.connections() == 1);
            }
            assertThat(ending.get(10, TimeUnit.SECONDS)).isIn("end", "reset");
        }
    }

    @Test
    void client_goneInMidUpload_doesNotEndTheSandboxesRequestCleanly() throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            peer.chunk();
            ending.complete(peer.ending());
        })) {
            rig.run("abc", "u1", sandbox);
            try (RawPeer client = rig.client()) {
                client.send("POST / HTTP/1.1\r\nHost: " + sandbox.port()
                        + "-abc.localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
                await().until(() -> sandbox.connections() == 1);
            }
            assertThat(ending.get(10, TimeUnit.SECONDS)).isIn("end", "reset");
        }
    }

    @Test
    void forwarder_closed_cutsEverythingOff() throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (RawSandbox sandbox = halfway(ending); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send(get(sandbox)).head();
            assertThat(rig.forwarder.inFlight()).isEqualTo(1);
            rig.forwarder.close();
            assertThat(ending.get(10, TimeUnit.SECONDS)).isIn("end", "reset");
            await().until(() -> rig.forwarder.inFlight() == 0);
        }
    }
}
