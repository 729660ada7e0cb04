package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.sandbox.CreateSandbox;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Forks over two replicas: the first is asked, and the second has the sandbox.
class ForkTest {
    private TestCluster cluster;
    private TestReplica entry;
    private TestReplica owner;
    private TestClient client;

    @BeforeEach
    void start() {
        cluster = new TestCluster(2, E2bSettings.DEFAULT);
        entry = cluster.get(0);
        owner = cluster.get(1);
        client = entry.client;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void fork_ofASandboxElsewhere_isMadeThere() {
        Sandbox sandbox = sandbox(TestReplica.TEAM_A);

        Answer forks = client.post(path(sandbox), "{\"timeout\":70,\"count\":9}");

        assertThat(forks.status()).isEqualTo(201);
        assertThat(forks.json()).hasSize(9);
        for (JsonNode fork : forks.json()) {
            assertThat(fork.properties()).hasSize(1);
            assertThat(owner.sandboxes.all).containsKey(fork.path("sandbox").path("sandboxID").asText());
            assertThat(fork.path("sandbox").has("envdVersion")).isTrue();
        }
        assertThat(forks.json().findValuesAsText("sandboxID")).doesNotHaveDuplicates();
        assertThat(owner.sandboxes.calls.getFirst()).isEqualTo("fork " + sandbox.id() + " PT1M10S");
        assertThat(owner.sandboxes.calls.getLast()).as("when all are there").isEqualTo("closed " + sandbox.id());
        assertThat(entry.sandboxes.all).isEmpty();
    }

    @Test
    void fork_withoutWishes_isOneForFifteenSeconds() {
        Sandbox sandbox = sandbox(TestReplica.TEAM_A);

        assertThat(owner.client.post(path(sandbox), "").json()).hasSize(1);

        assertThat(owner.sandboxes.creates).extracting(CreateSandbox::timeout).containsExactly(Duration.ofSeconds(15));
    }

    @Test
    void forks_areMadeAFewAtOnce() {
        Sandbox sandbox = sandbox(TestReplica.TEAM_A);
        owner.sandboxes.slowChildren = new CountDownLatch(1);

        CompletableFuture<Answer> forks = client.callLater(TestReplica.KEY_A, "POST", path(sandbox), "{\"count\":40}");
        await().until(() -> owner.sandboxes.mostForking.get() == 4);
        owner.sandboxes.slowChildren.countDown();

        assertThat(forks.join().json()).hasSize(40);
        assertThat(owner.sandboxes.mostForking).hasValue(4);
    }

    @Test
    void fork_beyondTheQuota_hasAnErrorForEachThatWasRefused() {
        Sandbox sandbox = sandbox("team-q");
        String key = entry.client
                .post("/api-keys", "{\"name\":\"q\",\"team\":\"team-q\",\"quota\":{\"memoryMb\":1200}}").json()
                .path("key")
                .asText();

        Answer forks = client.callAs(key, "POST", path(sandbox), "{\"count\":5}");

        assertThat(forks.status()).isEqualTo(201);
        assertThat(forks.json().findValues("sandbox")).hasSize(2);
        assertThat(forks.json().findValues("error")).hasSize(3).allSatisfy(error -> {
            assertThat(error.path("code").asInt()).isEqualTo(429);
            assertThat(error.path("message").asText()).contains("memory", "1024 of 1200");
        });
        assertThat(owner.sandboxes.creates).hasSize(2).allMatch(create -> create.claim().isCounted());
    }

    @Test
    void forks_thatAllFail_areErrorsInAnAnswer() {
        Sandbox sandbox = sandbox(TestReplica.TEAM_A);
        owner.sandboxes.childFailure = new SandboxException(Reason.START_FAILED, "it exited");

        Answer forks = client.post(path(sandbox), "{\"count\":2}");

        assertThat(forks.status()).isEqualTo(201);
        JsonNode error = TestClient
                .json("{\"error\":{\"code\":500,\"message\":\"it exited\",\"error_code\":\"sandbox_create_failed\"}}");
        assertThat(forks.json()).isEqualTo(Json.array().add(error).add(error));
        assertThat(owner.sandboxes.calls).contains("closed " + sandbox.id());
    }

    @Test
    void fork_thatCannotBegin_isAnError() {
        Sandbox sandbox = sandbox(TestReplica.TEAM_A);
        owner.sandboxes.failure = new SandboxException(Reason.CONFLICT, "it is being killed");

        client.post(path(sandbox), "{}").isError(409).saying("it is being killed");
    }

    @Test
    void fork_ofAMissingOrForeignSandbox_is404() {
        Sandbox foreign = sandbox(TestReplica.TEAM_B);

        client.post("/sandboxes/inowhere/fork", "{}").isError(404);
        for (TestClient each : List.of(client, owner.client)) {
            each.post(path(foreign), "{}").isError(404).saying("doesn't exist or you don't have access");
        }
        assertThat(owner.sandboxes.creates).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"count\":0}", "{\"count\":101}", "{\"count\":\"2\"}", "{\"count\":1.5}",
            "{\"timeout\":0}",
            "{\"timeout\":86401}", "[]"})
    void fork_withABadBody_is400AndDoesNothing(String body) {
        client.post(path(sandbox(TestReplica.TEAM_A)), body).isError(400);

        assertThat(owner.sandboxes.calls).isEmpty();
    }

    private Sandbox sandbox(String team) {
        Sandbox sandbox = owner.sandboxes.add(team, SandboxState.RUNNING);
        entry.routes.upsert(owner.route(sandbox));
        return sandbox;
    }

    private static String path(Sandbox sandbox) {
        return "/sandboxes/" + sandbox.id() + "/fork";
    }
}
