package io.sandgate.api.route;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.http.Answers;
import io.sandgate.api.http.TestServer;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.replicate.Digest;
import io.sandgate.proxy.replicate.DigestReconciler;
import io.sandgate.proxy.replicate.Digests;
import io.sandgate.proxy.replicate.HttpDigests;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.replicate.ReconcileMetrics;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Two replicas compare their routes over the wire.
@Timeout(60)
class DigestApiTest {
    private final RouteTable theirs = table();
    private final Digests theirDigests = new Digests(theirs);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final TestServer server = new TestServer(router -> {
        router.route().handler(context -> {
            asked.add(context.request().method() + " " + context.request().path());
            context.next();
        });
        name(router, "peer");
        new DigestApi(theirs, theirDigests, authority -> !authority.equals("incomplete")).mount(router);
        router.get("/routes").handler(context -> LineStream.start(context.response(),
                all(theirs).stream().map(route -> Buffer.buffer(RouteJson.write(route))).iterator()));
    });
    private final RouteTable mine = table();
    private final Digests myDigests = new Digests(mine);
    private final HttpPeers http = new HttpPeers(server.vertx(), "self", new HttpClientOptions());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Route> toldBack = new ArrayList<>();
    private final DigestReconciler reconciler = new DigestReconciler(mine, myDigests, new HttpDigests(http), http,
            (peer, routes) -> toldBack.addAll(routes), new ReconcileMetrics(meters));
    private final Member peer = member("peer");

    private static RouteTable table() {
        return new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.64.0.0/10")), System::nanoTime);
    }

    private Member member(String id) {
        Endpoint endpoint = new Endpoint("127.0.0.1", server.port());
        return new Member(id, 1, endpoint, endpoint, MemberState.READY);
    }

    @AfterEach
    void close() {
        http.close();
        server.close();
    }

    private static Route route(String name, RouteVersion version, String authority) {
        return new Route("default", name, name, "u-" + name, "", "127.64.1.1", "running", version, authority,
                TrafficRules.OPEN,
                "\"token\":\"t\"");
    }

    private static Route route(String name, long version) {
        return route(name, RouteVersion.of(version), "peer");
    }

    private static void await(CompletionStage<Void> stage) {
        stage.toCompletableFuture().join();
    }

    private static List<Route> all(RouteTable table) {
        List<Route> routes = new ArrayList<>();
        table.routes().forEach(routes::add);
        return routes;
    }

    private void fillBoth(int routes) {
        for (int i = 0; i < routes; i++) {
            theirs.upsert(route("r" + i, 1));
            mine.upsert(route("r" + i, 1));
        }
        asked.clear();
    }

    @Test
    void equal_isFoundByOneQuestion() {
        fillBoth(500);
        await(reconciler.reconcile(peer));
        assertThat(asked).containsExactly("GET /digest");
        assertThat(meters.get("sandgate.reconcile.rounds").tags("with", "authority", "outcome", "equal").counter()
                .count()).isOne();
    }

    @Test
    void aFewDifferences_areFetchedAndNothingElse() {
        fillBoth(500);
        theirs.upsert(route("new", 1));
        theirs.upsert(route("r1", 2));
        theirs.delete(new RouteKey("default", "r2"), RouteVersion.of(2), "peer");
        mine.upsert(route("gone", 7));
        mine.upsert(route("another's", RouteVersion.of(1), "other"));
        await(reconciler.reconcile(peer));
        assertThat(asked).containsExactly("GET /digest", "POST /digest/listing", "POST /routes/fetch");
        assertThat(myDigests.digest("peer")).isEqualTo(theirDigests.digest("peer"));
        assertThat(mine.find("new")).isEqualTo(theirs.find("new"));
        assertThat(mine.find("r2")).isNull();
        assertThat(mine.find("gone")).isNull();
        assertThat(mine.find("another's")).isNotNull();
    }

    @Test
    void mostDifferent_isReadAsAWhole() {
        for (int i = 0; i < 3_000; i++) {
            theirs.upsert(route("r" + i, 1));
        }
        await(reconciler.reconcile(peer));
        assertThat(asked).containsExactly("GET /digest", "GET /routes");
        assertThat(all(mine)).containsExactlyInAnyOrderElementsOf(all(theirs));
    }

    @Test
    void manyKeys_areFetchedInParts() {
        String long1 = "n".repeat(1_500);
        for (int i = 0; i < 900; i++) {
            theirs.upsert(route(long1 + i, 1));
        }
        await(reconciler.reconcile(peer));
        assertThat(asked.stream().filter("POST /routes/fetch"::equals).count()).isBetween(2L, 5L);
        assertThat(all(mine)).containsExactlyInAnyOrderElementsOf(all(theirs));
    }

    @Test
    void takenOverMeanwhile_isToldBack() {
        Route old = route("a", 3);
        theirs.upsert(old);
        mine.upsert(old);
        Route deletion = mine.takeAndDelete(old, "self");
        await(reconciler.reconcile(peer));
        assertThat(toldBack).singleElement().satisfies(told -> {
            assertThat(told.isDead()).isTrue();
            assertThat(told.version()).isEqualTo(RouteVersion.of(1, 1));
            assertThat(told.authority()).isEqualTo("self");
        });
        assertThat(theirs.apply(toldBack.getFirst()).isApplied()).isTrue();
        assertThat(deletion).isNotNull();
    }

    @Test
    void copyOfAnotherAuthority_isMergedAndNothingIsDeletedForIt() {
        theirs.upsert(route("copied", RouteVersion.of(4), "other"));
        theirs.upsert(route("deleted here", RouteVersion.of(1), "other"));
        mine.upsert(route("only mine", RouteVersion.of(1), "other"));
        mine.delete(new RouteKey("default", "deleted here"), RouteVersion.of(2), "other");
        await(reconciler.merge(peer, "other"));
        assertThat(mine.find("copied")).isEqualTo(theirs.find("copied"));
        assertThat(mine.find("only mine")).isNotNull();
        assertThat(mine.find("deleted here")).isNull();
        assertThat(toldBack).singleElement().matches(Route::isDead);
    }

    @Test
    void summaries_areThoseOfAllAuthoritiesThatAreComplete() {
        theirs.upsert(route("a", 1));
        theirs.upsert(route("b", RouteVersion.of(1), ""));
        theirs.upsert(route("c", RouteVersion.of(1), "incomplete"));
        assertThat(new HttpDigests(http).summaries(peer).toCompletableFuture().join())
                .isEqualTo(Map.of("peer", theirDigests.summary("peer"), "", theirDigests.summary("")));
    }

    private static void name(Router router, String replica) {
        router.route().handler(context -> {
            context.response().putHeader(HttpPeers.SENDER, replica);
            context.next();
        });
    }

    @Test
    void anotherReplicaAtThePeersAddress_isNoTruth() {
        mine.upsert(route("kept", RouteVersion.of(1), "gone"));
        assertThatThrownBy(() -> await(reconciler.reconcile(member("gone")))).isInstanceOf(CompletionException.class)
                .hasMessageContaining("(expected: Sandgate-Replica: gone)");
        assertThat(mine.find("kept")).isNotNull();
    }

    @Test
    void mergeAll_takesWhatIsNotKnownHereOfAnyAuthority() {
        fillBoth(10);
        theirs.upsert(route("copied", RouteVersion.of(4), "other"));
        theirs.upsert(route("mine before", RouteVersion.of(4), "self"));
        theirs.upsert(route("fed", RouteVersion.of(4), ""));
        theirs.upsert(route("new", 1));
        await(reconciler.mergeAll(peer));
        assertThat(all(mine)).containsExactlyInAnyOrderElementsOf(all(theirs));
    }

    @Test
    void authorityThatIsNotComplete_isNoTruth() {
        mine.upsert(route("kept", RouteVersion.of(1), "incomplete"));
        assertThatThrownBy(() -> await(reconciler.reconcile(member("incomplete"))))
                .isInstanceOf(CompletionException.class).hasMessageContaining("503");
        assertThat(mine.find("kept")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"version\":2,\"buckets\":4096,\"count\":0,\"sums\":\"\"}",
            "{\"version\":1,\"buckets\":64,\"count\":0,\"sums\":\"\"}",
            "{\"version\":1,\"buckets\":4096,\"count\":0,\"sums\":\"AAAA\"}",
            "{\"version\":1,\"buckets\":4096,\"count\":0}", "{}", "[]", "no json", "{\"version\":\"x\"}"})
    void digestOfAnotherForm_isRefusedAndNothingIsDeleted(String body) {
        mine.upsert(route("kept", 1));
        try (TestServer liar = new TestServer(router -> {
            name(router, "peer");
            router.get("/digest").handler(context -> context.response().end(body));
        })) {
            Endpoint endpoint = new Endpoint("127.0.0.1", liar.port());
            CompletableFuture<Void> done = reconciler
                    .reconcile(new Member("peer", 1, endpoint, endpoint, MemberState.READY)).toCompletableFuture();
            assertThatThrownBy(done::join).isInstanceOf(CompletionException.class);
        }
        assertThat(mine.find("kept")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"another authority", "another bucket"})
    void listingOfWhatWasNotAskedFor_isRefusedAndNothingIsDeleted(String lie) {
        mine.upsert(route("kept", 1));
        Digest empty = Digest.EMPTY;
        String authority = lie.equals("another authority") ? "other" : "peer";
        String line = new JsonObject().put("namespace", "default").put("name", "x").put("resourceVersion", "9")
                .put("authority", authority).encode();
        try (TestServer liar = new TestServer(router -> {
            name(router, "peer");
            router.get("/digest").handler(context -> Answers.json(context, 200, new JsonObject().put("version", 1)
                    .put("buckets", 4096).put("count", 0).put("sums", empty.bytes())));
            router.post("/digest/listing").handler(context -> context.response().end(line));
        })) {
            Endpoint endpoint = new Endpoint("127.0.0.1", liar.port());
            CompletableFuture<Void> done = reconciler
                    .reconcile(new Member("peer", 1, endpoint, endpoint, MemberState.READY)).toCompletableFuture();
            assertThatThrownBy(done::join).hasMessageContaining("which it was not asked for");
        }
        assertThat(mine.find("kept")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST | /digest/listing | not json                                  | 400 | buckets
            POST | /digest/listing | {}                                        | 400 | buckets
            POST | /digest/listing | {"authority":"peer","buckets":[4096]}     | 400 | 0-4095
            POST | /digest/listing | {"authority":"peer","buckets":[-1]}       | 400 | 0-4095
            POST | /digest/listing | {"authority":"peer","buckets":["a"]}      | 400 | buckets
            POST | /digest/listing | {"authority":"peer","buckets":[null]}     | 400 | buckets
            POST | /digest/listing | {"authority":"incomplete","buckets":[1]}  | 503 | incomplete
            POST | /routes/fetch   | not json                                  | 400 | namespace
            POST | /routes/fetch   | {"namespace":1}                           | 400 | namespace
            PUT  | /digest         | {}                                        | 405 | GET
            GET  | /digest/listing | {}                                        | 405 | POST
            """)
    void badInput_isRefusedWithWhatIsExpected(String method, String path, String body, int status, String named) {
        var answer = server.call(method, path, body);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(named);
    }
}
