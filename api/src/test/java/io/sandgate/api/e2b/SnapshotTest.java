package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.membership.MemberState;
import io.sandgate.sandbox.CreateSandbox;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxState;
import io.sandgate.sandbox.Snapshot;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Snapshots over three replicas: the first is asked, and the third has the sandbox.
class SnapshotTest {
    private static final Instant T = FakeSandboxes.START;

    private TestCluster cluster;
    private TestReplica entry;
    private TestReplica owner;
    private TestClient client;

    @BeforeEach
    void start() {
        cluster = new TestCluster(3, E2bSettings.DEFAULT);
        entry = cluster.get(0);
        owner = cluster.get(2);
        client = entry.client;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void snapshot_ofASandboxElsewhere_isMadeThereAndShownByAll() {
        Sandbox sandbox = sandbox();

        Answer made = client.post("/sandboxes/" + sandbox.id() + "/snapshots", "{}");

        assertThat(made.status()).isEqualTo(201);
        Snapshot snapshot = owner.sandboxes.snapshots.values().iterator().next();
        assertThat(made.json()).isEqualTo(TestClient.json("""
                {"snapshotID":"%s","names":[],"sandboxID":"%s","templateID":"base",
                 "createdAt":"2026-01-31T12:00:00.123456789Z","sizeBytes":4096}""".formatted(snapshot.id(),
                sandbox.id())));
        for (int i = 0; i < 3; i++) {
            assertThat(cluster.get(i).client.get("/snapshots").json()).containsExactly(made.json());
        }
    }

    @ParameterizedTest
    @CsvSource({"my-snap,my-snap:default", "my-snap:v1,my-snap:v1", "My_Snap.2,my_snap.2:default",
            "team a/ü/x:y,x:y"})
    void snapshot_withAName_isShownWithTeamAndTag(String given, String kept) {
        Sandbox sandbox = sandbox();

        Answer made = client.post("/sandboxes/" + sandbox.id() + "/snapshots", "{\"name\":\"" + given + "\"}");

        assertThat(made.json().path("names")).hasSize(1);
        assertThat(made.json().path("names").path(0).asText()).isEqualTo(TestReplica.TEAM_A + "/" + kept);
        assertThat(owner.sandboxes.calls).containsExactly("snapshot " + sandbox.id() + " as " + kept);
        assertThat(ids(client.get("/snapshots?name=" + encode(given)))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-x", "a b", "a/b", "team-b/x", "x:", ":v", "a:b:c", "ü", "base", "Web:v2", " "})
    void snapshot_withABadName_is400AndNamesIt(String name) {
        Sandbox sandbox = sandbox();

        client.post("/sandboxes/" + sandbox.id() + "/snapshots", "{\"name\":\"" + name + "\"}").isError(400)
                .saying("name");
        client.post("/sandboxes/" + sandbox.id() + "/snapshots", "{\"name\":\"" + "x".repeat(121) + "\"}").isError(400);
        client.post("/sandboxes/" + sandbox.id() + "/snapshots", "{\"name\":7}").isError(400).saying("name");
        assertThat(owner.sandboxes.snapshots).isEmpty();
    }

    @Test
    void snapshot_ofAMissingOrForeignSandbox_is404() {
        String foreign = owner.sandboxes.add(TestReplica.TEAM_B, SandboxState.RUNNING).id();

        client.post("/sandboxes/inowhere/snapshots", "{}").isError(404);
        owner.client.post("/sandboxes/" + foreign + "/snapshots", "{}").isError(404);
        assertThat(owner.sandboxes.snapshots).isEmpty();
    }

    @Test
    void list_isNewestFirstInPagesOverAllReplicasAndOnlyOnesOwn() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            expected.addFirst(cluster.get(i % 3).sandboxes.keep(TestReplica.TEAM_A, Optional.empty(), T.plusSeconds(i))
                    .id());
            cluster.get(i % 3).sandboxes.keep(TestReplica.TEAM_B, Optional.empty(), T.plusSeconds(i));
        }
        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            Answer page = client.get("/snapshots?limit=3" + (token.isEmpty() ? "" : "&nextToken=" + encode(token)));
            seen.addAll(ids(page));
            token = page.header("x-next-token");
        } while (!token.isEmpty());

        assertThat(seen).containsExactlyElementsOf(expected);
    }

    @Test
    void list_bySandboxAndName_showsThose() {
        Snapshot plain = owner.sandboxes.keep(TestReplica.TEAM_A, Optional.empty(), T);
        Snapshot first = entry.sandboxes.keep(TestReplica.TEAM_A, Optional.of("n:default"), T.plusSeconds(1));
        Snapshot second = owner.sandboxes.keep(TestReplica.TEAM_A, Optional.of("n:v2"), T.plusSeconds(2));

        assertThat(ids(client.get("/snapshots?sandboxID=" + plain.sandbox()))).containsExactly(plain.id());
        assertThat(ids(client.get("/snapshots?sandboxID=" + plain.sandbox() + "-client"))).containsExactly(plain.id());
        assertThat(ids(client.get("/snapshots?sandboxID=NO"))).isEmpty();
        assertThat(ids(client.get("/snapshots?name=n"))).containsExactly(first.id());
        assertThat(ids(client.get("/snapshots?name=n:v2"))).containsExactly(second.id());
        assertThat(ids(client.get("/snapshots?name=" + plain.id()))).containsExactly(plain.id());
        assertThat(ids(client.get("/snapshots?name=team-b/n"))).isEmpty();
        assertThat(ids(client.get("/snapshots?name=n&sandboxID=" + plain.sandbox()))).isEmpty();
        client.get("/snapshots?limit=0").isError(400).saying("limit");
        client.get("/snapshots?nextToken=x").isError(400).saying("nextToken");
    }

    @Test
    void list_withAMemberThatDoesNotAnswer_namesIt() {
        owner.sandboxes.keep(TestReplica.TEAM_A, Optional.empty(), T);
        say(owner, MemberState.UNHEALTHY);

        Answer list = client.get("/snapshots");

        assertThat(ids(list)).isEmpty();
        assertThat(list.header("X-Sandgate-Missing")).isEqualTo(owner.id);
    }

    @ParameterizedTest
    @CsvSource({"/sandboxes,15", "/v2/sandboxes,300"})
    void create_fromASnapshotElsewhere_isDoneWhereItIs(String path, int seconds) {
        Snapshot snapshot = owner.sandboxes.keep(TestReplica.TEAM_A, Optional.empty(), T);

        Answer made = client.post(path,
                "{\"templateID\":\"" + snapshot.id() + "\",\"metadata\":{\"a\":\"b\"},\"envVars\":{\"X\":\"1\"}}");

        assertThat(made.status()).as("%s", made.json()).isEqualTo(201);
        assertThat(entry.sandboxes.creates).isEmpty();
        CreateSandbox create = owner.sandboxes.creates.getFirst();
        assertThat(create.snapshot()).contains(snapshot.id());
        assertThat(create.template()).isEqualTo("base");
        assertThat(create.timeout()).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(create.metadata()).containsEntry("a", "b");
        assertThat(create.environment()).containsEntry("X", "1");
        assertThat(create.owner()).isEqualTo(TestReplica.TEAM_A);
        assertThat(create.network().secured()).isEqualTo(seconds == 300);
        assertThat(owner.sandboxes.all).containsKey(made.json().path("sandboxID").asText());
    }

    @Test
    void create_fromASnapshotHere_asksNobodyForAnId() {
        Snapshot snapshot = entry.sandboxes.keep(TestReplica.TEAM_A, Optional.empty(), T);

        assertThat(create(snapshot.id()).status()).isEqualTo(201);
        assertThat(create(snapshot.id() + ":default").status()).isEqualTo(201);

        assertThat(entry.sandboxes.creates).allMatch(create -> create.snapshot().equals(Optional.of(snapshot.id())));
        assertThat(entry.meters.find("sandgate.api.forwards").timers()).isEmpty();
    }

    @Test
    void create_byName_takesTheNewestOfAllReplicas() {
        entry.sandboxes.keep(TestReplica.TEAM_A, Optional.of("n:default"), T);
        Snapshot newer = owner.sandboxes.keep(TestReplica.TEAM_A, Optional.of("n:default"), T.plusSeconds(1));
        cluster.get(1).sandboxes.keep(TestReplica.TEAM_B, Optional.of("n:default"), T.plusSeconds(2));

        assertThat(create("n").status()).isEqualTo(201);
        assertThat(create(TestReplica.TEAM_A + "/n:default").status()).isEqualTo(201);

        assertThat(owner.sandboxes.creates).hasSize(2)
                .allMatch(create -> create.snapshot().equals(Optional.of(newer.id())));
    }

    @Test
    void create_fromAForeignSnapshot_isLikeAnUnknownTemplate() {
        Snapshot foreign = owner.sandboxes.keep(TestReplica.TEAM_B, Optional.of("n:default"), T);
        String unknown = create("s" + "x".repeat(20)).isError(400).message();

        assertThat(create(foreign.id()).isError(400).message()).isEqualTo(unknown.replaceAll("sx+", foreign.id()));
        create("n").isError(400).saying("expected: one of base, web, or a snapshot of your own");
        create("team-b/n").isError(400);
        create("no such").isError(400);
        assertThat(owner.sandboxes.creates).isEmpty();
    }

    @Test
    void create_ofAnUnknownSnapshot_whileAMemberDoesNotAnswer_is503() {
        say(owner, MemberState.UNHEALTHY);

        create("s" + "x".repeat(20)).isError(503).saying(owner.id, "could not be asked");
        assertThat(create("base").status()).isEqualTo(201);
    }

    @Test
    void create_whoseSnapshotWentMeanwhile_isLikeAnUnknownTemplate() {
        Answer answer = owner.peer().callAs("", "POST", "/owner/v2/sandboxes?snapshot=sgone",
                "{\"templateID\":\"sgone\"}", "X-Sandgate-Owner", "team-b", "X-Sandgate-Hop", "replica-0");

        answer.isError(400).saying("sgone");
    }

    @Test
    void create_fromASnapshotElsewhere_countsForTheQuotaOnce() {
        Snapshot snapshot = owner.sandboxes.keep("team-q", Optional.of("n:default"), T);
        String key = entry.client
                .post("/api-keys", "{\"name\":\"q\",\"team\":\"team-q\",\"quota\":{\"sandboxes\":2}}").json()
                .path("key")
                .asText();

        for (String template : List.of(snapshot.id(), "n")) {
            assertThat(create(key, template).status()).isEqualTo(201);
        }

        create(key, "n").isError(429).saying("2 of 2");
        create(key, "base").isError(429).saying("2 of 2");
        assertThat(owner.sandboxes.creates).hasSize(2).allMatch(create -> create.claim().isCounted());
    }

    @Test
    void create_thatFailsElsewhere_saysWhy() {
        Snapshot snapshot = owner.sandboxes.keep(TestReplica.TEAM_A, Optional.empty(), T);
        owner.sandboxes.failure = new SandboxException(Reason.EXHAUSTED, "no space is left");

        create(snapshot.id()).isError(503).saying("no space is left");
    }

    @Test
    void delete_byIdOrName_deletesThatOneWhereverItIs() {
        Snapshot here = entry.sandboxes.keep(TestReplica.TEAM_A, Optional.empty(), T);
        Snapshot there = owner.sandboxes.keep(TestReplica.TEAM_A, Optional.empty(), T);
        owner.sandboxes.keep(TestReplica.TEAM_A, Optional.of("n:default"), T.plusSeconds(1));
        Snapshot older = entry.sandboxes.keep(TestReplica.TEAM_A, Optional.of("n:default"), T);

        for (String path : List.of(here.id(), there.id() + ":default", encode(TestReplica.TEAM_A + "/n"))) {
            assertThat(client.delete("/templates/" + path).status()).as(path).isEqualTo(204);
        }

        client.delete("/templates/" + here.id()).isError(404);
        assertThat(ids(client.get("/snapshots"))).containsExactly(older.id());
    }

    @Test
    void delete_ofAForeignSnapshot_is404LikeAMissingOne() {
        Snapshot foreign = owner.sandboxes.keep(TestReplica.TEAM_B, Optional.of("n:default"), T);

        client.delete("/templates/" + foreign.id()).isError(404).saying("doesn't exist or you don't have access");
        client.delete("/templates/n").isError(404);
        client.delete("/templates/team-b%2Fn").isError(404);
        assertThat(owner.sandboxes.snapshots).hasSize(1);
    }

    @Test
    void peer_thatCallsForAnotherTeam_findsNothing() {
        Snapshot snapshot = owner.sandboxes.keep(TestReplica.TEAM_A, Optional.empty(), T);

        for (String[] call : new String[][]{{"DELETE", "/owner/templates/" + snapshot.id(), ""},
                {"POST", "/owner/v2/sandboxes?snapshot=" + snapshot.id(), "{\"templateID\":\"x\"}"}}) {
            Answer answer = owner.peer().callAs("", call[0], call[1], call[2], "X-Sandgate-Owner", "team-b",
                    "X-Sandgate-Hop", "replica-0");
            assertThat(answer.status()).isIn(400, 404);
        }
        owner.peer().callAs("", "POST", "/owner/v2/sandboxes", "{\"templateID\":\"base\"}", "X-Sandgate-Owner",
                "team-b", "X-Sandgate-Hop", "replica-0").isError(400).saying("snapshot");
        assertThat(owner.sandboxes.snapshots).hasSize(1);
        assertThat(owner.sandboxes.creates).isEmpty();
    }

    @Test
    void create_forAKeyThatIsNotKnownYet_isRefused() {
        Snapshot snapshot = owner.sandboxes.keep(TestReplica.TEAM_B, Optional.empty(), T);

        owner.peer().callAs("", "POST", "/owner/v2/sandboxes?snapshot=" + snapshot.id(), "{\"templateID\":\"x\"}",
                "X-Sandgate-Owner", TestReplica.TEAM_B, "X-Sandgate-Key", "k-new", "X-Sandgate-Hop", "replica-0")
                .isError(503).saying(owner.id, "nothing was made");

        assertThat(owner.sandboxes.creates).isEmpty();
    }

    @Test
    void delete_byName_whileAMemberDoesNotAnswer_deletesNothing() {
        Snapshot here = entry.sandboxes.keep(TestReplica.TEAM_A, Optional.of("n:default"), T);
        say(owner, MemberState.UNHEALTHY);

        client.delete("/templates/n").isError(503).saying(owner.id, "by its id");
        assertThat(entry.sandboxes.snapshots).hasSize(1);
        Snapshot there = cluster.get(1).sandboxes.keep(TestReplica.TEAM_A, Optional.of("n:default"), T);
        for (String id : List.of(here.id(), there.id())) {
            assertThat(client.delete("/templates/" + id).status()).isEqualTo(204);
            client.delete("/templates/" + id).isError(503);
        }
    }

    @Test
    void delete_ofATemplate_is501() {
        client.delete("/templates/base").isError(501).saying("Deleting a template");
    }

    private Sandbox sandbox() {
        Sandbox sandbox = owner.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING);
        entry.routes.upsert(owner.route(sandbox));
        return sandbox;
    }

    private Answer create(String template) {
        return create(TestReplica.KEY_A, template);
    }

    private Answer create(String key, String template) {
        return client.callAs(key, "POST", "/v2/sandboxes", "{\"templateID\":\"" + template + "\"}");
    }

    private void say(TestReplica replica, MemberState state) {
        cluster.members.computeIfPresent(replica.id, (id, member) -> member.in(state));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static List<String> ids(Answer answer) {
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        for (JsonNode snapshot : answer.json()) {
            ids.add(snapshot.path("snapshotID").asText());
        }
        return ids;
    }
}
