package io.sandgate.api.e2b;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxState;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Requests come to the first replica; sandboxes live there or on the second.
class TrafficWakerTest {
    private static final TrafficRules WAKES = TrafficRules.of(false, "", true);

    private final TestCluster cluster = new TestCluster(2, E2bSettings.DEFAULT);
    private final TestReplica entry = cluster.get(0);
    private final TestReplica other = cluster.get(1);
    private long version = 10;

    @AfterEach
    void stop() {
        cluster.close();
    }

    /// Makes a sandbox that is paused and known to the first replica.
    private Sandbox paused(TestReplica home, boolean wakes) {
        String id = home.client.post("/v2/sandboxes",
                "{\"templateID\":\"base\",\"timeout\":60,\"autoResume\":{\"enabled\":" + wakes + "}}").json()
                .path("sandboxID")
                .asText();
        assertThat(home.client.post("/sandboxes/" + id + "/pause", "").status()).isEqualTo(204);
        home.sandboxes.calls.clear();
        Sandbox sandbox = Objects.requireNonNull(home.sandboxes.all.get(id));
        entry.routes.upsert(route(home, sandbox, "paused", WAKES));
        return sandbox;
    }

    private Route route(TestReplica home, Sandbox sandbox, String state, TrafficRules traffic) {
        return new Route(Route.DEFAULT_NAMESPACE, sandbox.id(), sandbox.id(), sandbox.uid(), sandbox.owner(),
                sandbox.address(), state, RouteVersion.of(version++), home.id, traffic, null);
    }

    private CompletableFuture<Boolean> wake(TestReplica home, Sandbox sandbox) {
        return entry.waker().wake(route(home, sandbox, "paused", WAKES)).toCompletableFuture();
    }

    private static SandboxState state(TestReplica home, Sandbox sandbox) {
        return Objects.requireNonNull(home.sandboxes.all.get(sandbox.id())).state();
    }

    @Test
    void wake_ofASandboxElsewhere_isOverWhenItsRouteIsHere() throws Exception {
        Sandbox sandbox = paused(other, true);

        CompletableFuture<Boolean> woken = wake(other, sandbox);
        await().until(() -> state(other, sandbox) == SandboxState.RUNNING);
        assertThat(woken).isNotDone();
        entry.routes.upsert(route(other, sandbox, "running", WAKES));

        assertThat(woken.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(other.sandboxes.calls).containsExactly("connect " + sandbox.id() + " PT5M");
    }

    @Test
    void wakes_ofOneSandbox_areOneCall() throws Exception {
        Sandbox sandbox = paused(entry, true);
        entry.sandboxes.open = new CountDownLatch(1);

        CompletableFuture<Boolean> first = wake(entry, sandbox);
        CompletableFuture<Boolean> second = wake(entry, sandbox);
        entry.sandboxes.open.countDown();
        await().until(() -> state(entry, sandbox) == SandboxState.RUNNING);
        entry.routes.upsert(route(entry, sandbox, "running", WAKES));

        assertThat(first.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(entry.sandboxes.calls).hasSize(1);
        assertThat(entry.meters.get("sandgate.api.wakes").tag("outcome", "woken").counter().count()).isEqualTo(1);
    }

    @Test
    void wake_ofOneThatRunsByNow_isNoError() throws Exception {
        Sandbox sandbox = paused(other, true);
        other.sandboxes.resume(sandbox.id(), sandbox.timeout());
        entry.routes.upsert(route(other, sandbox, "running", WAKES));

        assertThat(wake(other, sandbox).get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void wake_thatItsMakerDidNotWant_leavesItPaused() throws Exception {
        Sandbox sandbox = paused(other, false);

        assertThat(wake(other, sandbox).get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(entry.waker().wake(route(other, sandbox, "paused", TrafficRules.OPEN)).toCompletableFuture()
                .get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(state(other, sandbox)).isEqualTo(SandboxState.PAUSED);
    }

    @Test
    void wake_ofOneWithoutItsMemory_leavesItAsItIs() throws Exception {
        Sandbox sandbox = paused(other, true);
        other.sandboxes.put(sandbox, SandboxState.STOPPED, sandbox.endAt());

        assertThat(wake(other, sandbox).get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(state(other, sandbox)).isEqualTo(SandboxState.STOPPED);
    }

    @Test
    void wake_ofAnEarlierLife_leavesItPaused() throws Exception {
        Sandbox sandbox = paused(other, true);
        Route present = route(other, sandbox, "paused", WAKES);
        Route earlier = new Route(present.namespace(), present.name(), present.id(), "another", present.owner(),
                present.ip(), present.state(), present.version(), present.authority(), WAKES, null);

        assertThat(entry.waker().wake(earlier).toCompletableFuture().get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(state(other, sandbox)).isEqualTo(SandboxState.PAUSED);
    }

    @Test
    void wake_ofOneWhoseReplicaIsGone_fails() {
        Sandbox sandbox = paused(other, true);
        cluster.members.remove(other.id);

        assertThatThrownBy(() -> wake(other, sandbox).get(10, TimeUnit.SECONDS)).hasMessageContaining(other.id);
        assertThat(entry.meters.get("sandgate.api.wakes").tag("outcome", "failed").counter().count()).isEqualTo(1);
    }

    @Test
    void wake_byAClient_isNoCall() {
        Sandbox sandbox = paused(entry, true);

        assertThat(entry.client.post("/sandboxes/" + sandbox.id() + "/wake?uid=" + sandbox.uid(), "").status())
                .isEqualTo(404);
        assertThat(state(entry, sandbox)).isEqualTo(SandboxState.PAUSED);
    }
}
