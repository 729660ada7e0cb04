package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.LifecycleClient;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What is kept of a sandbox without its memory: pauses, snapshots and forks, asked for on one replica and used through another.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SnapshotIT {

    private static final int PORT = 8000;
    private static final Duration SOON = Duration.ofSeconds(20);

    /// Its template writes down each of its starts, and serves what it wrote.
    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).patient().set("sandbox.isolation", "required")
            .set("templates.starts.command",
                    "sh -c 'echo started >> starts; exec python3 -m http.server " + PORT + " --bind {ip}'")
            .set("templates.starts.ready-port", Integer.toString(PORT));

    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);
    private final List<String> made = new ArrayList<>();

    @AfterEach
    void killAll() {
        made.forEach(first.api()::kill);
    }

    @Test
    void pause_withoutMemory_keepsTheDiskAndIsNotEndedByTraffic() {
        JsonObject sandbox = create(first, new JsonObject().put("autoPause", true).put("autoResume",
                new JsonObject().put("enabled", true)));
        String id = sandbox.getString("sandboxID");
        write(sandbox, "kept");

        assertThat(second.api().call("POST", "/sandboxes/" + id + "/pause", "{\"memory\":false}").status())
                .isEqualTo(204);

        for (ReplicaProcess replica : cluster.replicas()) {
            await().atMost(SOON).until(() -> replica.route(id).getString("state").equals("paused"));
            assertThat(replica.route(id).getBoolean("autoResume", false)).as("at %s", replica.id()).isFalse();
            assertThat(replica.sandboxes().get(id, PORT, "/starts").status()).as(replica.id()).isEqualTo(502);
            assertThat(replica.api().get(id).json().getString("state")).isEqualTo("paused");
        }
        assertThat(second.api().connect(id, 300).status()).isEqualTo(201);
        assertThat(starts(second, id)).isEqualTo(2);
        assertThat(read(sandbox)).isEqualTo("kept");
    }

    @Test
    void connect_withoutMemory_startsAFrozenOneAnew() {
        JsonObject sandbox = create(first, new JsonObject());
        String id = sandbox.getString("sandboxID");
        assertThat(first.api().pause(id).status()).isEqualTo(204);
        assertThat(second.api().connect(id, 300).status()).isEqualTo(201);
        assertThat(starts(second, id)).as("with its memory").isEqualTo(1);
        assertThat(first.api().pause(id).status()).isEqualTo(204);

        assertThat(second.api().call("POST", "/v2/sandboxes/" + id + "/connect", "{\"memory\":false}").status())
                .isEqualTo(201);

        assertThat(starts(second, id)).isEqualTo(2);
    }

    @Test
    void timeout_ofOneThatKeepsItsDiskOnly_pausesIt() {
        String id = create(first, new JsonObject().put("timeout", 1).put("autoPause", true).put("autoPauseMemory",
                false)).getString("sandboxID");

        await().atMost(SOON).until(() -> second.api().get(id).json().getString("state").equals("paused"));

        assertThat(second.api().get(id).json().getJsonObject("lifecycle").getString("onTimeout")).isEqualTo("pause");
        assertThat(second.api().connect(id, 300).status()).isEqualTo(201);
        assertThat(starts(second, id)).isEqualTo(2);
    }

    @Test
    void snapshot_onOneReplica_isListedAndUsedThroughTheOther() {
        JsonObject sandbox = create(first, new JsonObject());
        write(sandbox, "in the copy");

        Answer snapshot = second.api().call("POST", path(sandbox, "/snapshots"), "{\"name\":\"tools:v1\"}");

        assertThat(snapshot.status()).as(snapshot.body()).isEqualTo(201);
        String id = snapshot.json().getString("snapshotID");
        assertThat(snapshot.json().getJsonArray("names")).containsExactly("team-a/tools:v1");
        write(sandbox, "later");
        assertThat(first.api().kill(sandbox.getString("sandboxID")).status()).isEqualTo(204);
        for (ReplicaProcess replica : cluster.replicas()) {
            assertThat(ids(replica.api().call("GET", "/snapshots?name=tools:v1", ""))).containsExactly(id);
        }
        for (String template : List.of(id, "tools:v1", "team-a/tools:v1")) {
            JsonObject copy = create(second, new JsonObject().put("templateID", template));
            assertThat(second.route(copy.getString("sandboxID")).getString("authority")).isEqualTo("replica-1");
            assertThat(read(copy)).as(template).isEqualTo("in the copy");
            assertThat(starts(second, copy.getString("sandboxID"))).isEqualTo(2);
        }

        assertThat(second.api().call("DELETE", "/templates/" + id, "").status()).isEqualTo(204);

        assertThat(second.api().call("DELETE", "/templates/" + id, "").json().getInteger("code")).isEqualTo(404);
        assertThat(second.api().create(id).status()).isEqualTo(400);
        made.forEach(copy -> assertThat(second.api().kill(copy).status()).isIn(204, 404));
    }

    @Test
    void snapshot_ofAnotherTeam_isLikeNone() {
        LifecycleClient other = second.api().withKey(ClusterProcesses.OTHER_KEY);
        String id = snapshot(create(first, new JsonObject()), "{\"name\":\"mine\"}");

        assertThat(ids(other.call("GET", "/snapshots", ""))).isEmpty();
        for (String name : List.of(id, "mine", "team-a/mine")) {
            assertThat(other.create(name).status()).as(name).isEqualTo(400);
            assertThat(other.call("DELETE", "/templates/" + name.replace("/", "%2F"), "").json().getInteger("code"))
                    .as(name).isEqualTo(404);
        }
        assertThat(other.call("POST", "/sandboxes/" + made.getFirst() + "/snapshots", "{}").status()).isEqualTo(404);
        assertThat(other.call("POST", "/sandboxes/" + made.getFirst() + "/fork", "{}").status()).isEqualTo(404);
        assertThat(first.api().call("DELETE", "/templates/mine", "").status()).isEqualTo(204);
    }

    @Test
    void snapshot_whoseReplicaIsDead_isBackWithIt() {
        String id = snapshot(create(first, new JsonObject()), "{}");

        first.kill9();

        Answer refused = second.api().create(id);
        assertThat(refused.status()).as(refused.body()).isIn(400, 503);
        assertThat(ids(second.api().call("GET", "/snapshots", ""))).doesNotContain(id);
        first.start();
        cluster.awaitTogether();
        assertThat(ids(second.api().call("GET", "/snapshots", ""))).contains(id);
        create(second, new JsonObject().put("templateID", id));
        assertThat(second.api().call("DELETE", "/templates/" + id, "").status()).isEqualTo(204);
    }

    @Test
    void forks_haveDisksOfTheirOwn() {
        JsonObject sandbox = create(first, new JsonObject());
        write(sandbox, "before");

        Answer forks = second.api().call("POST", path(sandbox, "/fork"), "{\"count\":3,\"timeout\":300}");

        assertThat(forks.status()).as(forks.body()).isEqualTo(201);
        List<JsonObject> children = forks.array().stream().map(JsonObject.class::cast)
                .map(result -> result.getJsonObject("sandbox")).toList();
        children.forEach(child -> made.add(child.getString("sandboxID")));
        assertThat(new HashSet<>(made)).hasSize(4);
        write(sandbox, "of the first");
        for (JsonObject child : children) {
            assertThat(read(child)).isEqualTo("before");
            write(child, "of " + child.getString("sandboxID"));
        }
        for (JsonObject child : children) {
            assertThat(read(child)).isEqualTo("of " + child.getString("sandboxID"));
            assertThat(starts(second, child.getString("sandboxID"))).isEqualTo(2);
        }
        assertThat(read(sandbox)).isEqualTo("of the first");
        assertThat(starts(second, sandbox.getString("sandboxID"))).as("goes on").isEqualTo(1);
    }

    @Test
    void forks_beyondTheQuota_areErrorsAmongTheOthers() {
        JsonObject key = first.api().call("POST", "/api-keys",
                "{\"name\":\"q\",\"team\":\"team-a\",\"quota\":{\"sandboxes\":2}}").json();
        LifecycleClient client = second.api().withKey(key.getString("key"));
        JsonObject sandbox = client.create(new JsonObject().put("templateID", "starts")).json();
        made.add(sandbox.getString("sandboxID"));

        JsonArray forks = client.call("POST", path(sandbox, "/fork"), "{\"count\":3,\"timeout\":300}").array();

        List<JsonObject> results = forks.stream().map(JsonObject.class::cast).toList();
        results.stream().filter(result -> result.containsKey("sandbox"))
                .forEach(result -> made.add(result.getJsonObject("sandbox").getString("sandboxID")));
        assertThat(made).hasSize(2);
        assertThat(results.stream().filter(result -> result.containsKey("error"))
                .map(result -> result.getJsonObject("error").getInteger("code"))).containsExactly(429, 429);
    }

    private JsonObject create(ReplicaProcess through, JsonObject wishes) {
        JsonObject body = new JsonObject().put("templateID", "starts").put("timeout", 300).mergeIn(wishes);
        Answer answer = through.api().create(body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        made.add(answer.json().getString("sandboxID"));
        return answer.json();
    }

    private String snapshot(JsonObject sandbox, String body) {
        Answer answer = second.api().call("POST", path(sandbox, "/snapshots"), body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().getString("snapshotID");
    }

    private void write(JsonObject sandbox, String content) {
        Answer written = cluster.http().send("POST", second.publicUrl() + "/files?path=file&username=user",
                fields(sandbox), content);
        assertThat(written.status()).as(written.body()).isEqualTo(200);
    }

    private String read(JsonObject sandbox) {
        return cluster.http().get(second.publicUrl() + "/files?path=file&username=user", fields(sandbox)).body();
    }

    private static Map<String, String> fields(JsonObject sandbox) {
        return Map.of("E2b-Sandbox-Id", sandbox.getString("sandboxID"), "E2b-Sandbox-Port", "49983", "X-Access-Token",
                sandbox.getString("envdAccessToken"), "Content-Type", "application/octet-stream", "Accept-Encoding",
                "identity");
    }

    private static long starts(ReplicaProcess through, String id) {
        Answer answer = through.sandboxes().get(id, PORT, "/starts");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body().lines().count();
    }

    private static String path(JsonObject sandbox, String rest) {
        return "/sandboxes/" + sandbox.getString("sandboxID") + rest;
    }

    private static List<String> ids(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.array().stream().map(JsonObject.class::cast).map(entry -> entry.getString("snapshotID")).toList();
    }
}
