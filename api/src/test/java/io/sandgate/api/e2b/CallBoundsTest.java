package io.sandgate.api.e2b;

import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.sandbox.SandboxState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class CallBoundsTest {
    private static final E2bSettings D = E2bSettings.DEFAULT;

    @Test
    void calls_moreThanAllowed_are503WithRetryAfter() {
        E2bSettings settings = new E2bSettings(Duration.ofMinutes(5), D.maxTimeout(), D.maxBody(), 2, D.callDeadline(),
                D.forwardDeadline(),
                D.connectTimeout(), D.peerConnections(), D.peerWaiting(), D.listFanOut(), D.listDeadline());
        try (TestCluster cluster = new TestCluster(1, settings)) {
            TestReplica replica = cluster.get(0);
            replica.sandboxes.open = new CountDownLatch(1);
            CompletableFuture<Answer> first = create(replica);
            CompletableFuture<Answer> second = create(replica);
            await().until(() -> replica.running("client") == 2);

            Answer third = replica.client.get("/v2/sandboxes").isError(503);
            replica.sandboxes.open.countDown();

            assertThat(third.header("Retry-After")).isEqualTo("1");
            assertThat(first.join().status()).isEqualTo(201);
            assertThat(second.join().status()).isEqualTo(201);
            await().until(() -> replica.running("client") == 0);
            assertThat(replica.client.get("/v2/sandboxes").status()).isEqualTo(200);
            assertThat(replica.meters.get("sandgate.api.calls.rejected").tag("side", "client").counter().count())
                    .isEqualTo(1);
        }
    }

    @Test
    void call_overItsDeadline_is504AndGoesOnInItsPlace() {
        E2bSettings settings = new E2bSettings(Duration.ofMinutes(5), D.maxTimeout(), D.maxBody(), D.maxCalls(),
                Duration.ofMillis(50),
                D.forwardDeadline(), D.connectTimeout(), D.peerConnections(), D.peerWaiting(), D.listFanOut(),
                D.listDeadline());
        try (TestCluster cluster = new TestCluster(1, settings)) {
            TestReplica replica = cluster.get(0);
            String id = replica.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();
            replica.sandboxes.open = new CountDownLatch(1);

            replica.client.delete("/sandboxes/" + id).isError(504).saying("50 ms", "goes on");

            assertThat(replica.running("client")).isEqualTo(1);
            replica.sandboxes.open.countDown();
            await().until(() -> replica.sandboxes.all.isEmpty());
            await().until(() -> replica.running("client") == 0);
        }
    }

    private static CompletableFuture<Answer> create(TestReplica replica) {
        return replica.client.callLater(TestReplica.KEY_A, "POST", "/sandboxes", "{\"templateID\":\"base\"}");
    }
}
