package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.LifecycleClient;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxProcesses;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Calls that cannot be carried out: each has its status and says what to do, and nothing is lost or left behind.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BadInputIT {

    private static final String UNKNOWN = "inothere";

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).set("sandbox.start-timeout", "2s")
            .set("sandbox.max", "20").set("templates.quits.command", "sh -c 'echo no luck >&2; exit 3'")
            .set("templates.quits.ready-port", "9000").set("templates.deaf.command", "sleep 600")
            .set("templates.deaf.ready-port", "9000").set("templates.missing.command", "no-such-program-here");

    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);

    @AfterEach
    void goesOnAsBefore() {
        String id = first.api().created("base");
        assertThat(second.api().get(id).status()).isEqualTo(200);
        assertThat(second.api().kill(id).status()).isEqualTo(204);
    }

    @Test
    void template_unknown_isRefusedWithThoseThereAre() {
        Answer answer = first.api().create("nothing-like-it");

        assertError(answer, 400, "nothing-like-it");
        assertThat(answer.json().getString("message")).contains("base", "web", "deaf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "\"ten\"", "1.5", "99999999", "99999999999999999999999"})
    void timeout_outOfRange_isRefused(String timeout) {
        assertError(first.api().call("POST", "/v2/sandboxes", "{\"templateID\":\"base\",\"timeout\":" + timeout + "}"),
                400, "imeout");
    }

    @Test
    void timeout_ofRunningSandbox_isCheckedAndLeavesTheDeadline() {
        String id = first.api().created("base");
        String end = first.api().get(id).json().getString("endAt");

        assertError(second.api().call("POST", "/sandboxes/" + id + "/timeout", "{}"), 400, "timeout");
        assertError(second.api().timeout(id, -5), 400, "timeout");
        assertError(second.api().connect(id, 0), 400, "imeout");

        assertThat(first.api().get(id).json().getString("endAt")).isEqualTo(end);
        assertThat(first.api().kill(id).status()).isEqualTo(204);
    }

    @Test
    void key_missingOrWrong_isRefused() {
        for (String key : List.of("", "e2b_" + "0".repeat(40), "Bearer x")) {
            LifecycleClient api = first.api().withKey(key);
            for (Answer answer : List.of(api.create("base"), api.get(UNKNOWN), api.list(""), api.kill(UNKNOWN))) {
                assertError(answer, 401, "API key");
                if (!key.isEmpty()) {
                    assertThat(answer.body()).doesNotContain(key);
                }
            }
        }
    }

    @Test
    void sandbox_ofAnotherOwner_isAsIfItWereNotThere() {
        String id = first.api().created("base");

        for (ReplicaProcess replica : cluster.replicas()) {
            LifecycleClient stranger = replica.api().withKey(ClusterProcesses.OTHER_KEY);
            Stream.of(stranger.get(id), stranger.kill(id), stranger.pause(id), stranger.connect(id, 60),
                    stranger.timeout(id, 60), stranger.logs(id)).forEach(answer -> {
                        assertError(answer, 404, id);
                        assertThat(answer.body().replace(id, UNKNOWN))
                                .as("the same words as for an id that nobody has")
                                .isEqualTo(stranger.get(UNKNOWN).body());
                    });
        }
        assertThat(second.api().get(id).json().getString("state")).isEqualTo("running");
        assertThat(second.api().kill(id).status()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {UNKNOWN, "UPPER", "dots.in.it", "%2e%2e", "i%00", "_",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                    + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
    void id_unknownOrImpossible_isNotFound(String id) {
        for (LifecycleClient api : List.of(first.api(), second.api())) {
            Stream.of(api.get(id), api.kill(id), api.pause(id), api.resume(id, 60), api.connect(id, 60),
                    api.timeout(id, 60), api.logs(id)).forEach(answer -> assertError(answer, 404, ""));
        }
    }

    @Test
    void id_ofKilledSandbox_isNotFound() {
        String id = first.api().created("base");
        assertThat(second.api().kill(id).status()).isEqualTo(204);

        assertError(second.api().kill(id), 404, id);
        assertError(first.api().connect(id, 60), 404, id);
        assertThat(second.sandboxes().get(id, 8000, "/").status()).isEqualTo(502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "\"base\"", "{\"templateID\":5}", "{\"templateID\":\"base\",\"metadata\":[]}",
            "{\"templateID\":\"base\",\"metadata\":{\"a\":1}}", "{\"templateID\":\"base\"} {}", "{}",
            "{\"templateID\":\"base\",\"envVars\":{\"BAD NAME\":\"x\"}}",
            "{\"templateID\":\"base\",\"envVars\":{\"SANDGATE_SANDBOX\":\"x\"}}",
            "{\"templateID\":\"base\",\"autoPause\":\"yes\"}"})
    void body_malformed_isRefused(String body) {
        assertError(first.api().call("POST", "/v2/sandboxes", body), 400, "");
    }

    @Test
    void body_oversized_isRefusedWhateverItsFraming() {
        String body = "{\"templateID\":\"base\",\"metadata\":{\"a\":\"" + "x".repeat(2 << 20) + "\"}}";
        Map<String, String> headers = Map.of("X-API-KEY", ClusterProcesses.KEY, "Content-Type", "application/json");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);

        assertError(cluster.http().send("POST", first.publicUrl() + "/v2/sandboxes", headers, body), 413, "larger");
        assertError(cluster.http().send("POST", first.publicUrl() + "/v2/sandboxes", headers,
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))), 413, "larger");
    }

    @Test
    void metadata_beyondItsLimit_isRefused() {
        Answer answer = first.api().create(new JsonObject().put("templateID", "base").put("metadata",
                new JsonObject().put("big", "x".repeat(100_000))));

        assertError(answer, 400, "metadata");
    }

    @ParameterizedTest
    @CsvSource({"quits,no luck", "deaf,9000", "missing,no-such-program-here"})
    void template_thatDoesNotStart_failsAndLeavesNothing(String template, String hint) {
        List<String> before = first.sandboxDirectories();

        Answer answer = first.api().create(template);

        assertError(answer, 500, template);
        assertThat(answer.json().getString("error_code")).isEqualTo("sandbox_create_failed");
        assertThat(answer.json().getString("message")).contains(hint);
        assertThat(first.sandboxDirectories()).isEqualTo(before);
        assertThat(SandboxProcesses.in(first.plan().data())).isEmpty();
        assertThat(second.api().list("").array()).noneMatch(entry -> entry.toString().contains(template));
    }

    @Test
    void sandboxes_beyondTheLimit_areRefusedAndRoomIsMadeByAKill() {
        List<String> ids = Stream.generate(() -> first.api().created("base")).limit(20).toList();

        Answer answer = first.api().create("base");

        assertThat(answer.status()).isIn(429, 503);
        assertThat(answer.json().getString("message")).contains("20");
        assertThat(first.api().kill(ids.getFirst()).status()).isEqualTo(204);
        String another = first.api().created("base");
        assertThat(second.api().kill(another).status()).isEqualTo(204);
        ids.stream().skip(1).forEach(id -> assertThat(second.api().kill(id).status()).isEqualTo(204));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?limit=0", "?limit=101", "?limit=x", "?nextToken=garbage", "?order=up", "?state=asleep",
            "?template=a:b", "?metadata=novalue", "?metadata=a%3Db%3Dc", "?startedAfter=yesterday"})
    void list_badQuery_isRefused(String query) {
        assertError(second.api().list(query), 400, "");
    }

    @Test
    void call_notOfThisApi_saysSo() {
        assertError(first.api().call("POST", "/volumes", "{}"), 501, "not supported");
        assertError(first.api().call("GET", "/no/such/path", ""), 404, "no such path");
        assertError(first.api().call("PUT", "/v2/sandboxes", "{}"), 405, "GET");
    }

    @ParameterizedTest
    @CsvSource({"0-iabc,400", "99999-iabc,400", "8000-,400", "port-iabc,400", "8000-Bad_Id,400"})
    void host_ofNoSandbox_isRefused(String label, int status) {
        Answer answer = cluster.http().get(first.publicUrl() + "/", Map.of("Host", label + ".localhost"));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().getInteger("code")).isEqualTo(status);
        assertThat(answer.json().getString("message")).contains("expected");
    }

    private static void assertError(Answer answer, int status, String hint) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().getInteger("code")).isEqualTo(status);
        assertThat(answer.json().getString("message")).isNotBlank().contains(hint);
    }
}
