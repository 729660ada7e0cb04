package io.sandgate.api.e2b;

import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxState;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class AccessTest {
    private TestCluster cluster;
    private FakeSandboxes sandboxes;
    private TestClient client;

    @BeforeEach
    void start() {
        cluster = new TestCluster(1, E2bSettings.DEFAULT);
        sandboxes = cluster.get(0).sandboxes;
        client = cluster.get(0).client;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({"POST,/sandboxes", "POST,/v2/sandboxes", "GET,/sandboxes", "GET,/v2/sandboxes", "GET,/templates",
            "GET,/sandboxes/i1", "DELETE,/sandboxes/i1", "POST,/sandboxes/i1/pause", "POST,/sandboxes/i1/resume",
            "POST,/sandboxes/i1/connect", "POST,/v2/sandboxes/i1/connect", "POST,/sandboxes/i1/timeout",
            "POST,/sandboxes/i1/refreshes", "GET,/sandboxes/i1/logs", "GET,/v2/sandboxes/i1/logs",
            "GET,/sandboxes/i1/metrics"})
    void path_withoutOrWithAWrongKey_is401(String method, String path) {
        String body = method.equals("POST") ? "{}" : "";

        client.callAs("", method, path, body).isError(401).saying("X-API-Key");
        Answer wrong = client.callAs("e2b_cccc", method, path, body).isError(401);
        assertThat(wrong.message()).contains("SANDGATE_API_KEYS").doesNotContain("e2b_cccc");
    }

    @Test
    void bearerToken_countsWhereThereIsNoKey() {
        assertThat(client.callAs("", "GET", "/v2/sandboxes", "", "Authorization", "Bearer " + TestReplica.KEY_A)
                .status()).isEqualTo(200);
        assertThat(client.call("GET", "/v2/sandboxes", "", "Authorization", "Bearer sk_of_another_kind").status())
                .isEqualTo(200);
        client.callAs("", "GET", "/v2/sandboxes", "", "Authorization", "Bearer e2b_cccc").isError(401);
    }

    @ParameterizedTest
    @CsvSource({"GET,''", "DELETE,''", "POST,/pause", "POST,/resume", "POST,/connect", "POST,/timeout",
            "POST,/refreshes", "GET,/logs", "GET,/metrics"})
    void foreignSandbox_answersAsAMissingOne(String method, String suffix) {
        String id = sandboxes.add(TestReplica.TEAM_B, SandboxState.RUNNING).id();
        String body = method.equals("POST") ? "{\"timeout\":10}" : "";

        Answer foreign = client.call(method, "/sandboxes/" + id + suffix, body).isError(404);
        Answer missing = client.call(method, "/sandboxes/imissing" + suffix, body).isError(404);

        assertThat(foreign.message().replace(id, "ID")).isEqualTo(missing.message().replace("imissing", "ID"));
        assertThat(sandboxes.calls).isEmpty();
        assertThat(client.callAs(TestReplica.KEY_B, "GET", "/sandboxes/" + id, "").status()).isEqualTo(200);
    }

    @Test
    void sandboxThatGoesDuringTheCall_answersAsAMissingOne() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();
        sandboxes.failure = new SandboxException(
                Reason.NOT_FOUND, "row 17 is gone");

        client.delete("/sandboxes/" + id).isError(404).saying("doesn't exist or you don't have access");
    }

    @Test
    void health_needsNoKey() {
        assertThat(client.callAs("", "GET", "/health", "").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"GET,/", "GET,/nothing", "POST,/v3/sandboxes", "GET,/sandboxes/i1/unknown", "GET,/sandboxes/i1/logs/x"})
    void unknownPath_is404(String method, String path) {
        client.call(method, path, "").isError(404).saying(path);
    }

    @ParameterizedTest
    @CsvSource({"PUT,/sandboxes,'GET, POST'", "PATCH,/v2/sandboxes,'GET, POST'", "POST,/sandboxes/i1,'DELETE, GET'",
            "GET,/sandboxes/i1/pause,POST", "DELETE,/health,GET", "GET,/v2/sandboxes/i1/connect,POST"})
    void wrongMethod_is405AndNamesTheRightOnes(String method, String path, String allowed) {
        Answer answer = client.call(method, path, "").isError(405).saying(allowed);

        assertThat(answer.header("Allow")).isEqualTo(allowed);
    }

    @Test
    void whatE2bHasAndThisHasNot_is501() {
        for (UnsupportedEndpoint endpoint : UnsupportedEndpoint.ALL) {
            String path = endpoint.path().replaceAll(":[a-z]+", "i1");
            client.call(endpoint.method().name(), path, "").isError(501).saying(endpoint.feature(), "not supported");
        }
    }

    @Test
    void pathThatCannotBeDecoded_isAnErrorInJson() {
        Answer answer = TestWire.send(cluster.get(0).port(), "GET /sandboxes/%zz HTTP/1.1\r\nHost: localhost\r\n"
                + "X-API-Key: " + TestReplica.KEY_A + "\r\nConnection: close\r\n\r\n").answer();

        answer.isError(400).saying("path");
    }

    @Test
    void preflight_isAnsweredForAnyPath() {
        for (String path : List.of("/v2/sandboxes", "/sandboxes/i1/pause", "/anything")) {
            Answer answer = client.callAs("", "OPTIONS", path, "", "Origin", "https://app.example.com");

            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(answer.header("Access-Control-Allow-Methods")).contains("DELETE");
            assertThat(answer.header("Access-Control-Allow-Headers")).contains("X-API-Key", "sdk_runtime", "publisher",
                    "package_version");
        }
    }

    @Test
    void anyAnswer_mayBeReadByOtherOrigins() {
        Answer answer = client.get("/sandboxes/inone").isError(404);

        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Access-Control-Expose-Headers")).contains("X-Next-Token", "X-Total-Running",
                "Retry-After");
    }

    @Test
    void requestId_isEchoedIfUsableAndMadeOtherwise() {
        assertThat(client.call("GET", "/health", "", "X-Request-ID", "abc-1.2").header("X-Request-ID"))
                .isEqualTo("abc-1.2");
        assertThat(client.call("GET", "/health", "", "X-Request-ID", "a b\"").header("X-Request-ID"))
                .startsWith("replica-0-");
        assertThat(client.get("/health").header("X-Request-ID")).startsWith("replica-0-");
    }

    @Test
    void requests_areCountedByTemplateAndStatus() {
        client.get("/sandboxes/inone");
        client.get("/whatever");

        // Counted when the answer is out, which the client may see first.
        await().until(() -> cluster.get(0).meters.find("sandgate.api.requests").tag("route", "/sandboxes/:id")
                .tag("method", "GET").tag("status", "404").timer() != null);
        await().until(
                () -> cluster.get(0).meters.find("sandgate.api.requests").tag("route", "none").timer() != null);
    }
}
