package io.sandgate.api.e2b;

import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.sandbox.CreateSandbox;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxManager.LogLine;
import io.sandgate.sandbox.SandboxNetwork;
import io.sandgate.sandbox.SandboxState;
import io.sandgate.sandbox.driver.Egress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LifecycleTest {
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

    @Test
    void create_v2_answersWithTheSandbox() {
        Answer answer = client.post("/v2/sandboxes", """
                {"templateID":"base","timeout":60,"metadata":{"user id":"ü"},"envVars":{"A_1":"x"},"autoPause":true,
                 "someday":{"new":1}}""");

        assertThat(answer.status()).isEqualTo(201);
        Sandbox made = sandboxes.all.values().iterator().next();
        assertThat(answer.json().path("sandboxID").asText()).isEqualTo(made.id());
        assertThat(answer.json().path("templateID").asText()).isEqualTo("base");
        assertThat(answer.json().path("clientID").asText()).isNotEmpty();
        assertThat(answer.json().path("envdVersion").asText()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(answer.json().path("domain").isNull()).isTrue();
        assertThat(sandboxes.creates).containsExactly(new CreateSandbox("base", TestReplica.TEAM_A,
                Duration.ofMinutes(1), OnTimeout.PAUSE, Map.of("user id", "ü"), Map.of("A_1", "x"),
                new SandboxNetwork("", true, true, Egress.OPEN), false));
        assertThat(answer.json().path("envdAccessToken").asText()).hasSize(64);
        assertThat(answer.json().path("trafficAccessToken").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"/sandboxes,15", "/v2/sandboxes,300"})
    void create_withoutTimeout_takesTheDefaultOfItsGeneration(String path, int seconds) {
        assertThat(client.post(path, "{\"templateID\":\"web\"}").status()).isEqualTo(201);

        assertThat(sandboxes.creates.getFirst().timeout()).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(sandboxes.creates.getFirst().onTimeout()).isEqualTo(OnTimeout.KILL);
    }

    @Test
    void create_withoutTimeout_takesTheConfiguredDefaults() {
        E2bSettings d = E2bSettings.DEFAULT;
        E2bSettings brief = new E2bSettings(Duration.ofSeconds(9), Duration.ofSeconds(12), d.maxBody(), d.maxCalls(),
                d.callDeadline(), d.forwardDeadline(), d.connectTimeout(), d.peerConnections(), d.peerWaiting(),
                d.listFanOut(), d.listDeadline());
        try (TestCluster configured = new TestCluster(1, brief)) {
            TestReplica replica = configured.get(0);
            assertThat(replica.client.post("/v2/sandboxes", "{\"templateID\":\"web\"}").status()).isEqualTo(201);
            assertThat(replica.client.post("/sandboxes", "{\"templateID\":\"web\"}").status()).isEqualTo(201);

            assertThat(replica.sandboxes.creates).extracting(CreateSandbox::timeout)
                    .containsExactly(Duration.ofSeconds(9), Duration.ofSeconds(12));
        }
    }

    @Test
    void create_asSdk250Sends_isAccepted() {
        assertThat(client.post("/sandboxes", """
                {"templateID":"base","secure":true,"allow_internet_access":true,"timeout":300,"autoPause":false,
                 "autoResume":{"enabled":false},"network":{"allowPublicTraffic":true,"allowOut":[]},"mcp":null,
                 "volumeMounts":[],"iam":{"tokens":{}},"metadata":null}""").status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({"INVALID,400,", "CONFLICT,409,", "EXHAUSTED,503,sandbox_capacity_unavailable",
            "START_FAILED,500,sandbox_create_failed", "INTERNAL,500,internal_server_error"})
    void create_thatFails_saysWhy(Reason reason, int status, String errorCode) {
        sandboxes.failure = new SandboxException(reason, "the command exited at once with status 3");

        Answer answer = client.post("/v2/sandboxes", "{\"templateID\":\"base\"}").isError(status);

        assertThat(answer.message()).isEqualTo("the command exited at once with status 3");
        assertThat(answer.json().path("error_code").asText(null)).isEqualTo(errorCode);
    }

    @Test
    void create_thatFailsUnexpectedly_hidesTheReasonAndNamesTheRequest() {
        sandboxes.failure = new IllegalStateException("secret");

        Answer answer = client.call("POST", "/sandboxes", "{\"templateID\":\"base\"}", "X-Request-ID", "r-1");

        answer.isError(500).saying("r-1");
        assertThat(answer.message()).doesNotContain("secret");
    }

    @Test
    void create_v1_isSecuredWhenAskedFor() {
        Answer open = client.call("POST", "/sandboxes", "{\"templateID\":\"base\"}");
        Answer secured = client.call("POST", "/sandboxes", """
                {"templateID":"base","secure":true,"network":{"allowPublicTraffic":false},
                 "allow_internet_access":false}""");

        assertThat(open.json().has("envdAccessToken")).isFalse();
        assertThat(secured.json().path("envdAccessToken").asText()).hasSize(64);
        assertThat(secured.json().path("trafficAccessToken").asText()).hasSize(64)
                .isNotEqualTo(secured.json().path("envdAccessToken").asText());
        assertThat(sandboxes.creates).extracting(CreateSandbox::network)
                .containsExactly(SandboxNetwork.PLAIN,
                        new SandboxNetwork("", true, false, new Egress(false, List.of(), List.of())));
    }

    @Test
    void create_withAHostOfItsOwn_isShownSo() {
        Answer answer = client.call("POST", "/v2/sandboxes",
                "{\"templateID\":\"base\",\"network\":{\"maskRequestHost\":\"localhost:${PORT}\"}}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(sandboxes.creates.getFirst().network().maskRequestHost()).isEqualTo("localhost:${PORT}");
        assertThat(client.get("/sandboxes/" + answer.json().path("sandboxID").asText()).json().path("network"))
                .isEqualTo(TestClient.json("{\"allowPublicTraffic\":true,\"maskRequestHost\":\"localhost:${PORT}\"}"));
    }

    @Test
    void show_running_tellsAllThatIsKnown() {
        Sandbox sandbox = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING, FakeSandboxes.START,
                Map.of("k", "v"));

        Answer answer = client.get("/sandboxes/" + sandbox.id());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(TestClient.json("""
                {"templateID":"base","alias":"base","sandboxID":"%s","clientID":"sandgate","envdVersion":"0.6.3",
                 "startedAt":"2026-01-31T12:00:00.123456789Z","endAt":"2026-01-31T12:05:00.123456789Z","cpuCount":1,
                 "memoryMB":512,"diskSizeMB":1024,"state":"running","metadata":{"k":"v"},"domain":null,
                 "allowInternetAccess":true,"lifecycle":{"onTimeout":"kill","autoResume":false},
                 "network":{"allowPublicTraffic":true},"volumeMounts":[],"isolation":{"lacking":[]}}"""
                .formatted(sandbox.id())));
    }

    @ParameterizedTest
    @CsvSource({"PAUSING,paused", "PAUSED,paused", "RESUMING,paused", "RUNNING,running"})
    void show_knowsTwoStates(SandboxState state, String word) {
        String id = sandboxes.add(TestReplica.TEAM_A, state).id();

        assertThat(client.get("/sandboxes/" + id).json().path("state").asText()).isEqualTo(word);
    }

    @ParameterizedTest
    @EnumSource(value = SandboxState.class, names = {"CREATING", "KILLING"})
    void show_notThereYetOrAnyMore_is404(SandboxState state) {
        String id = sandboxes.add(TestReplica.TEAM_A, state).id();

        for (String path : List.of("", "/logs", "/metrics")) {
            client.get("/sandboxes/" + id + path).isError(404);
        }
    }

    @Test
    void id_withTheOldClientSuffix_isAccepted() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        assertThat(client.get("/sandboxes/" + id + "-6532622b").status()).isEqualTo(200);
        assertThat(client.delete("/sandboxes/" + id + "-6532622b").status()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iunknown", "UPPER", "a.b", "-x", "%20", "a%2Fb"})
    void id_thatLeadsNowhere_is404WithCode(String id) {
        client.get("/sandboxes/" + id).isError(404).saying("doesn't exist or you don't have access to it");
        client.delete("/sandboxes/" + id).isError(404);
        client.post("/sandboxes/" + id + "/pause", "").isError(404);
        client.post("/v2/sandboxes/" + id + "/connect", "{}").isError(404);
        client.post("/sandboxes/" + id + "/timeout", "{\"timeout\":1}").isError(404);
    }

    @Test
    void kill_twice_is204Then404() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        Answer killed = client.delete("/sandboxes/" + id);

        assertThat(killed.status()).isEqualTo(204);
        assertThat(killed.json().isMissingNode()).isTrue();
        client.delete("/sandboxes/" + id).isError(404);
    }

    @Test
    void kill_whileKilling_isLeftToTheManager() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.KILLING).id();

        assertThat(client.delete("/sandboxes/" + id).status()).isEqualTo(204);
    }

    @Test
    void pause_twice_is204Then409() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        assertThat(client.post("/sandboxes/" + id + "/pause", "{\"memory\":true}").status()).isEqualTo(204);
        client.post("/sandboxes/" + id + "/pause", "").isError(409);
    }

    @Test
    void pause_withoutMemory_isShownAsPausedAndEndsWithConnect() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        assertThat(client.post("/sandboxes/" + id + "/pause", "{\"memory\":false}").status()).isEqualTo(204);

        client.post("/sandboxes/" + id + "/pause", "{}").isError(409);
        assertThat(client.get("/sandboxes/" + id).json().path("state").asText()).isEqualTo("paused");
        assertThat(client.get("/v2/sandboxes?state=paused").json().findValuesAsText("sandboxID")).containsExactly(id);
        assertThat(client.post("/v2/sandboxes/" + id + "/connect", "{\"timeout\":20,\"memory\":false}").status())
                .isEqualTo(201);
        assertThat(sandboxes.calls).containsExactly("pause " + id + " without memory", "pause " + id,
                "connect " + id + " PT20S without memory");
        client.post("/sandboxes/" + id + "/pause", "{\"memory\":0}").isError(400).saying("memory");
        client.post("/v2/sandboxes/" + id + "/connect", "{\"memory\":\"no\"}").isError(400).saying("memory");
    }

    @Test
    void create_autoPauseWithoutMemory_isShownAsPause() {
        String id = client.post("/v2/sandboxes",
                "{\"templateID\":\"base\",\"autoPause\":true,\"autoPauseMemory\":false}").json().path("sandboxID")
                .asText();

        assertThat(sandboxes.creates.getFirst().onTimeout()).isEqualTo(OnTimeout.STOP);
        assertThat(client.get("/sandboxes/" + id).json().path("lifecycle").path("onTimeout").asText())
                .isEqualTo("pause");
    }

    @ParameterizedTest
    @CsvSource({"/sandboxes,15", "/v2/sandboxes,300"})
    void connect_is200RunningAnd201Resumed(String prefix, int defaultSeconds) {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.PAUSED).id();

        Answer resumed = client.post(prefix + "/" + id + "/connect", "{\"timeout\":20}");
        Answer running = client.post(prefix + "/" + id + "/connect", "{}");

        assertThat(resumed.status()).isEqualTo(201);
        assertThat(resumed.json().path("sandboxID").asText()).isEqualTo(id);
        assertThat(running.status()).isEqualTo(200);
        assertThat(running.json().path("envdVersion").asText()).isNotEmpty();
        assertThat(sandboxes.calls).containsExactly("connect " + id + " PT20S",
                "connect " + id + " " + Duration.ofSeconds(defaultSeconds));
    }

    @Test
    void connect_whileKilling_is409() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.KILLING).id();

        client.post("/v2/sandboxes/" + id + "/connect", "{}").isError(409);
    }

    @Test
    void resume_is201PausedAnd409Running() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.PAUSED).id();

        Answer resumed = client.post("/sandboxes/" + id + "/resume", "{\"timeout\":20,\"autoPause\":false}");

        assertThat(resumed.status()).isEqualTo(201);
        assertThat(resumed.json().path("sandboxID").asText()).isEqualTo(id);
        client.post("/sandboxes/" + id + "/resume", "{\"timeout\":20}").isError(409).saying("already running");
    }

    @ParameterizedTest
    @CsvSource({"0,PT0S", "30,PT30S", "86401,PT24H", "99999999999999999999,PT24H"})
    void timeout_setsTheDeadlineUpToTheLongest(String seconds, Duration duration) {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        assertThat(client.post("/sandboxes/" + id + "/timeout", "{\"timeout\":" + seconds + "}").status())
                .isEqualTo(204);
        assertThat(sandboxes.calls).containsExactly("setTimeout " + id + " " + duration);
    }

    @Test
    void timeout_notRunning_is409() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.PAUSED).id();

        client.post("/sandboxes/" + id + "/timeout", "{\"timeout\":10}").isError(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"timeout\":null}", "{\"timeout\":-1}", "{\"timeout\":1.5}",
            "{\"timeout\":\"10\"}"})
    void timeout_bad_is400(String body) {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        client.post("/sandboxes/" + id + "/timeout", body).isError(400).saying("timeout");
    }

    @ParameterizedTest
    @CsvSource({"'',PT15S", "{},PT15S", "'{\"duration\":1}',PT15S", "'{\"duration\":3600}',PT1H"})
    void refresh_extendsByAQuarterMinuteAtLeast(String body, Duration duration) {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        assertThat(client.post("/sandboxes/" + id + "/refreshes", body).status()).isEqualTo(204);
        assertThat(sandboxes.calls).containsExactly("refresh " + id + " " + duration);
    }

    @Test
    void refresh_overAnHour_is400() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        client.post("/sandboxes/" + id + "/refreshes", "{\"duration\":3601}").isError(400).saying("3601", "3600");
    }

    @Test
    void logs_comeInBothForms() {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();
        sandboxes.logs.put(id, List.of(new LogLine(Instant.ofEpochMilli(1_000), "stdout", "ready"),
                new LogLine(Instant.ofEpochMilli(2_000), "stderr", "oops")));

        assertThat(client.get("/sandboxes/" + id + "/logs").json()).isEqualTo(TestClient.json("""
                {"logs":[{"timestamp":"1970-01-01T00:00:01Z","line":"ready"},
                         {"timestamp":"1970-01-01T00:00:02Z","line":"oops"}],
                 "logEntries":[
                 {"timestamp":"1970-01-01T00:00:01Z","message":"ready","level":"info","fields":{"stream":"stdout"}},
                 {"timestamp":"1970-01-01T00:00:02Z","message":"oops","level":"error","fields":{"stream":"stderr"}}]}
                """));
        assertThat(client.get("/v2/sandboxes/" + id + "/logs?cursor=2000&direction=forward&level=error&search=oo")
                .json()).isEqualTo(TestClient.json("""
                        {"logs":[{"timestamp":"1970-01-01T00:00:02Z","message":"oops","level":"error",
                                  "fields":{"stream":"stderr"}}]}"""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=1001", "limit=-1", "limit=x", "cursor=-1", "direction=up", "level=fatal"})
    void logs_badQuery_is400(String query) {
        String id = sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        client.get("/v2/sandboxes/" + id + "/logs?" + query).isError(400)
                .saying(query.substring(0, query.indexOf('=')));
    }
}
