package io.sandgate.api.e2b;

import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.TrafficRules;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxManager.LogLine;
import io.sandgate.sandbox.SandboxState;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Three replicas: the sandbox lives on the third, and the first is asked.
class ForwardingTest {
    private TestCluster cluster;
    private TestReplica entry;
    private TestReplica owner;
    private TestClient client;

    @BeforeEach
    void start() {
        start(Duration.ofSeconds(30), Duration.ofSeconds(30));
    }

    private void start(Duration forwardDeadline, Duration listDeadline) {
        E2bSettings d = E2bSettings.DEFAULT;
        cluster = new TestCluster(3,
                new E2bSettings(Duration.ofMinutes(5), d.maxTimeout(), d.maxBody(), d.maxCalls(), d.callDeadline(),
                        forwardDeadline, d.connectTimeout(), 2, 2, 1, listDeadline));
        entry = cluster.get(0);
        owner = cluster.get(2);
        client = entry.client;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void everyCall_isCarriedOutByTheOwner() {
        String id = sandbox(SandboxState.RUNNING);
        String path = "/sandboxes/" + id;
        owner.sandboxes.logs.put(id, List.of(new LogLine(Instant.EPOCH, "stdout", "hi"),
                new LogLine(Instant.EPOCH, "stderr", "oh")));

        assertThat(client.get(path).json().path("state").asText()).isEqualTo("running");
        assertThat(client.post(path + "/pause", "").status()).isEqualTo(204);
        client.post(path + "/pause", "{}").isError(409);
        assertThat(client.post("/v2" + path + "/connect", "{\"timeout\":77}").status()).isEqualTo(201);
        assertThat(client.post(path + "/connect", "{}").status()).isEqualTo(200);
        client.post(path + "/resume", "{}").isError(409).saying("already running");
        assertThat(client.post(path + "/timeout", "{\"timeout\":5}").status()).isEqualTo(204);
        assertThat(client.post(path + "/refreshes", "{\"duration\":60}").status()).isEqualTo(204);
        assertThat(client.get("/v2" + path + "/logs?level=error").json().path("logs")).hasSize(1);
        assertThat(client.get(path + "/logs").json().path("logEntries")).hasSize(2);
        assertThat(client.get(path + "/metrics").json()).isEmpty();
        assertThat(client.delete(path).status()).isEqualTo(204);
        client.delete(path).isError(404);

        assertThat(owner.sandboxes.calls).containsExactly("pause " + id, "pause " + id, "connect " + id + " PT1M17S",
                "connect " + id + " PT15S", "setTimeout " + id + " PT5S", "refresh " + id + " PT1M", "kill " + id);
        assertThat(entry.lookups).hasValue(0);
    }

    @Test
    void answer_ofTheOwner_comesBackAsItIs() {
        String id = sandbox(SandboxState.RUNNING);

        Answer direct = owner.client.get("/sandboxes/" + id);
        Answer forwarded = client.call("GET", "/sandboxes/" + id, "", "X-Request-ID", "trace-1");

        assertThat(forwarded.json()).isEqualTo(direct.json());
        assertThat(forwarded.header("content-type")).isEqualTo(direct.header("content-type"));
        assertThat(forwarded.header("X-Request-ID")).isEqualTo("trace-1");
        assertThat(forwarded.headers().map()).doesNotContainKey("x-sandgate-replica");
    }

    @Test
    void call_beforeTheRouteArrived_asksThePeersAndWorks() {
        Answer made = owner.client.post("/v2/sandboxes", "{\"templateID\":\"base\"}");
        Sandbox sandbox = owner.sandboxes.all.values().iterator().next();
        owner.routes.upsert(owner.route(sandbox));

        Answer seen = client.get("/sandboxes/" + made.json().path("sandboxID").asText());

        assertThat(seen.status()).isEqualTo(200);
        assertThat(entry.lookups).hasValue(1);
    }

    @Test
    void create_isNeverForwarded() {
        assertThat(client.post("/v2/sandboxes", "{\"templateID\":\"base\"}").status()).isEqualTo(201);

        assertThat(entry.sandboxes.all).hasSize(1);
        assertThat(owner.sandboxes.all).isEmpty();
    }

    @Test
    void unknownEverywhere_is404AfterAskingOnce() {
        client.get("/sandboxes/inowhere").isError(404);

        assertThat(entry.lookups).hasValue(1);
        assertThat(cluster.get(1).lookups).hasValue(0);
    }

    @Test
    void unknownHere_whenPeersCannotBeAsked_is503AndNot404() {
        entry.lookupsFail = true;

        client.get("/sandboxes/inowhere").isError(503).saying("Try again");
    }

    @Test
    void call_toAnOwnerThatIsNotRoutable_isRefusedAtOnceAndNotSent() {
        String id = sandbox(SandboxState.RUNNING);
        say(owner, MemberState.UNHEALTHY);

        client.delete("/sandboxes/" + id).isError(503).saying("cannot be reached; nothing was changed");

        assertThat(owner.sandboxes.calls).isEmpty();
    }

    @Test
    void list_doesNotAskWhoIsNotRoutable_andNamesIt() {
        sandbox(SandboxState.RUNNING);
        say(owner, MemberState.UNHEALTHY);

        Answer list = client.get("/v2/sandboxes");

        assertThat(list.json()).isEmpty();
        assertThat(list.header(ListGather.MISSING)).isEqualTo(owner.id);
        assertThat(entry.meters.get("sandgate.api.forwards").tag("outcome", "unreachable").timer().count())
                .isEqualTo(1);
    }

    @Test
    void owner_thatJoins_isAskedAlthoughItSaidNothingHealthyYet() {
        String id = sandbox(SandboxState.RUNNING);
        say(owner, MemberState.JOINING);

        assertThat(client.get("/sandboxes/" + id).status()).isEqualTo(200);
        assertThat(client.get("/v2/sandboxes").json()).hasSize(1);
    }

    private void say(TestReplica replica, MemberState state) {
        cluster.members.computeIfPresent(replica.id, (id, member) -> member.in(state));
    }

    @Test
    void foreignSandbox_elsewhere_is404LikeAMissingOneEvenIfItsOwnerIsDead() {
        String id = sandbox(SandboxState.RUNNING);
        cluster.members.remove(owner.id);

        Answer foreign = client.callAs(TestReplica.KEY_B, "GET", "/sandboxes/" + id, "").isError(404);

        assertThat(foreign.message()).doesNotContain("replica-2");
        assertThat(owner.sandboxes.calls).isEmpty();
    }

    @Test
    void ownerThatLostTheSandbox_is404AndNotAskedFurther() {
        String id = sandbox(SandboxState.RUNNING);
        Sandbox lost = Objects.requireNonNull(owner.sandboxes.all.remove(id));
        owner.routes.upsert(cluster.get(1).route(lost));
        cluster.get(1).sandboxes.all.put(id, lost);

        client.get("/sandboxes/" + id).isError(404);
    }

    @Test
    void routeToOneself_withoutASandbox_is404() {
        Sandbox gone = owner.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING);
        entry.routes.upsert(entry.route(gone));

        client.get("/sandboxes/" + gone.id()).isError(404);
    }

    @Test
    void routeOfAnExternalFeed_is404() {
        Sandbox sandbox = owner.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING);
        Route route = owner.route(sandbox);
        entry.routes.upsert(new Route(route.namespace(), route.name(), route.id(), route.uid(), route.owner(),
                route.ip(), route.state(), route.version(), "", TrafficRules.OPEN, null));

        client.get("/sandboxes/" + sandbox.id()).isError(404);
    }

    @Test
    void ownerThatIsNoMember_is503AndNamesIt() {
        String id = sandbox(SandboxState.RUNNING);
        cluster.members.remove(owner.id);

        Answer answer = client.delete("/sandboxes/" + id).isError(503).saying("replica-2", "not in the cluster");

        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }

    @Test
    void ownerThatCannotBeReached_is503AndNamesIt() throws IOException {
        String id = sandbox(SandboxState.RUNNING);
        move(owner, closedPort());

        client.post("/sandboxes/" + id + "/pause", "").isError(503).saying("replica-2", "nothing was changed");

        assertThat(entry.meters.get("sandgate.api.forwards").tag("outcome", "unreachable").timer().count())
                .isEqualTo(1);
    }

    @Test
    void ownerThatDied_is503AndTheOthersGoOn() {
        String id = sandbox(SandboxState.RUNNING);
        assertThat(client.get("/sandboxes/" + id).status()).isEqualTo(200);
        owner.peerServer.close().await();

        client.get("/sandboxes/" + id).isError(503).saying("replica-2");
        assertThat(client.post("/v2/sandboxes", "{\"templateID\":\"base\"}").status()).isEqualTo(201);
    }

    @Test
    void ownerThatHangs_is504AndTheCallGoesOn() {
        cluster.close();
        start(Duration.ofMillis(300), Duration.ofSeconds(30));
        String id = sandbox(SandboxState.RUNNING);
        owner.sandboxes.open = new CountDownLatch(1);

        client.delete("/sandboxes/" + id).isError(504).saying("replica-2", "300 ms");

        owner.sandboxes.open.countDown();
        await().until(() -> owner.sandboxes.all.isEmpty());
    }

    @Test
    void anotherReplicaAtTheOwnersAddress_isNotTakenForIt() {
        String id = sandbox(SandboxState.RUNNING);
        move(owner, cluster.get(1).peerServer.actualPort());

        client.get("/sandboxes/" + id).isError(503).saying("replica-2");
        client.delete("/sandboxes/" + id).isError(503);
    }

    @Test
    void badCall_isRefusedBeforeItIsForwarded() {
        String id = sandbox(SandboxState.RUNNING);

        client.post("/sandboxes/" + id + "/timeout", "{\"timeout\":\"x\"}").isError(400);
        client.post("/v2/sandboxes/" + id + "/connect", "{").isError(400);

        assertThat(entry.meters.find("sandgate.api.forwards").timers()).isEmpty();
    }

    @Test
    void calls_forOneOwnerAtOnce_areBoundedByThePool() {
        String id = sandbox(SandboxState.RUNNING);
        owner.sandboxes.open = new CountDownLatch(1);

        List<CompletableFuture<Answer>> calls = IntStream.range(0, 8).mapToObj(
                i -> client.callLater(TestReplica.KEY_A, "POST", "/sandboxes/" + id + "/refreshes", "{}")).toList();
        // two are on the connections and two wait; a call also counts as waiting while its connection is being opened
        await().until(() -> calls.stream().filter(CompletableFuture::isDone).count() >= 4);
        owner.sandboxes.open.countDown();

        List<Answer> refused = calls.stream().map(CompletableFuture::join).filter(a -> a.status() != 204).toList();
        assertThat(refused).hasSizeBetween(4, 7)
                .allSatisfy(answer -> answer.isError(503).saying("too many calls waiting"));
        assertThat(owner.sandboxes.calls).hasSize(8 - refused.size());
    }

    @Test
    void peerListener_withoutThePeersHeaders_refuses() throws Exception {
        String id = sandbox(SandboxState.RUNNING);

        assertThat(peer("/owner/sandboxes/" + id, Map.of()).statusCode()).isEqualTo(400);
        assertThat(peer("/owner/sandboxes/" + id, Map.of("X-Sandgate-Owner", TestReplica.TEAM_B)).statusCode())
                .isEqualTo(400);
        assertThat(peer("/owner/sandboxes/" + id, Map.of("X-Sandgate-Owner", "team-b", "X-Sandgate-Hop", "replica-0"))
                .statusCode()).isEqualTo(404);
        assertThat(peer("/owner/unknown", Map.of()).statusCode()).isEqualTo(404);
        assertThat(peer("/owner/unknown", Map.of()).headers().firstValue("X-Sandgate-Replica")).isEmpty();
    }

    @Test
    void publicListener_doesNotTakeAClientsWordForItsOwner() {
        String id = owner.sandboxes.add(TestReplica.TEAM_B, SandboxState.RUNNING).id();

        owner.client.call("GET", "/sandboxes/" + id, "", "X-Sandgate-Owner", TestReplica.TEAM_B, "X-Sandgate-Hop", "x")
                .isError(404);
    }

    @Test
    void list_withADeadMember_showsTheOthersAndNamesIt() throws IOException {
        owner.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING);
        String id = cluster.get(1).sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();
        move(owner, closedPort());

        Answer answer = client.get("/v2/sandboxes");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().findValuesAsText("sandboxID")).containsExactly(id);
        assertThat(answer.header("X-Sandgate-Missing")).isEqualTo("replica-2");
        assertThat(entry.meters.get("sandgate.api.list.missing").counter().count()).isEqualTo(1);
    }

    @Test
    void list_withSlowMembers_showsTheOthersAndNamesThem() {
        cluster.close();
        start(Duration.ofSeconds(30), Duration.ofMillis(200));
        entry.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING);
        owner.sandboxes.listOpen = new CountDownLatch(1);
        cluster.get(1).sandboxes.listOpen = owner.sandboxes.listOpen;

        Answer answer = client.get("/v2/sandboxes");

        owner.sandboxes.listOpen.countDown();
        assertThat(answer.json()).hasSize(1);
        assertThat(answer.header("X-Sandgate-Missing")).isEqualTo("replica-1,replica-2");
    }

    @Test
    void list_asksABoundedNumberOfMembersAtOnce() {
        CountDownLatch open = new CountDownLatch(1);
        cluster.get(1).sandboxes.listOpen = open;
        owner.sandboxes.listOpen = open;

        CompletableFuture<Answer> list = client.callLater(TestReplica.KEY_A, "GET", "/v2/sandboxes", "");
        await().until(() -> cluster.get(1).running("peer") == 1);
        int other = owner.running("peer");
        open.countDown();

        assertThat(other).isZero();
        assertThat(list.join().status()).isEqualTo(200);
        assertThat(entry.meters.get("sandgate.api.forwards").tag("purpose", "list").timer().count()).isEqualTo(2);
    }

    @Test
    void list_withAllMembers_namesNoMissingOne() {
        assertThat(client.get("/v2/sandboxes").headers().firstValue("X-Sandgate-Missing")).isEmpty();
    }

    private String sandbox(SandboxState state) {
        Sandbox sandbox = owner.sandboxes.add(TestReplica.TEAM_A, state);
        entry.routes.upsert(owner.route(sandbox));
        return sandbox.id();
    }

    private void move(TestReplica replica, int port) {
        Endpoint elsewhere = new Endpoint("127.0.0.1", port);
        cluster.members.put(replica.id, new Member(replica.id, 1, elsewhere, elsewhere, MemberState.READY));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private HttpResponse<String> peer(String path, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://127.0.0.1:" + owner.peerServer.actualPort() + path));
        headers.forEach((name, value) -> request.header(name, value.replace("ü", "")));
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.ofString());
        }
    }
}
