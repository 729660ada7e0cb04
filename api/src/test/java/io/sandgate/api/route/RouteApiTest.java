package io.sandgate.api.route;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.http.TestServer;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.replicate.EncodedRoute;
import io.sandgate.proxy.replicate.PeerSync;
import io.sandgate.proxy.replicate.SyncBudget;
import io.sandgate.proxy.replicate.VertxLoop;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RouteApiTest {
    private static final Member PEER = new Member("peer", 1, new Endpoint("127.0.0.1", 1), new Endpoint("127.0.0.1", 2),
            MemberState.READY);

    private final Vertx vertx = Vertx.vertx();
    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
            AddressRanges.of(List.of("127.64.0.0/10")), System::nanoTime);
    private final List<Route> pushed = new CopyOnWriteArrayList<>();
    private final PeerSync sync = new PeerSync(SyncBudget.DEFAULT, (peer, batch, reconcile, timeout) -> {
        batch.stream().map(EncodedRoute::route).forEach(pushed::add);
        return CompletableFuture.completedFuture(0);
    }, new VertxLoop(vertx, vertx.getOrCreateContext()), new Random(1), new SimpleMeterRegistry());
    private final RouteFeed feed = new RouteFeed("self", table, sync, "peer"::equals,
            key -> key.name().equals("sandbox"), InstantSource.system(), vertx);
    private final TestServer server = new TestServer(
            router -> new RouteApi(table, feed, authority -> !authority.equals("incomplete")).mount(router));

    RouteApiTest() {
        sync.join(PEER);
    }

    @AfterEach
    void close() {
        server.close();
        vertx.close().await();
    }

    private JsonObject put(String path, String body) {
        var answer = server.call("PUT", path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }

    @Test
    void put_newRoute_isStoredReplicatedAndAnsweredWithHowManyPeersHaveIt() {
        JsonObject answer = put("/routes/team/web", "{\"ip\":\"127.64.1.1\",\"note\":{\"a\":1}}");
        assertThat(answer.getString("id")).isEqualTo("web");
        assertThat(answer.getString("uid")).isNotEmpty();
        assertThat(answer.getString("authority")).isEqualTo("self");
        assertThat(answer.getInteger("peers")).isEqualTo(1);
        assertThat(answer.getInteger("acknowledged")).isEqualTo(1);
        assertThat(pushed).singleElement().satisfies(route -> {
            assertThat(route.isRunning()).isTrue();
            assertThat(route.extra()).contains("\"note\":{\"a\":1}");
        });
        JsonObject stored = new JsonObject(server.call("GET", "/routes/web", "").body());
        assertThat(stored.getString("resourceVersion")).isEqualTo(answer.getString("resourceVersion"));
        assertThat(stored.getJsonObject("note").getInteger("a")).isEqualTo(1);
    }

    @Test
    void put_again_keepsTheUidAndRaisesTheVersion() {
        JsonObject first = put("/routes/team/web", "{\"ip\":\"127.64.1.1\"}");
        JsonObject second = put("/routes/team/web", "{\"ip\":\"127.64.1.2\"}");
        assertThat(second.getString("uid")).isEqualTo(first.getString("uid"));
        assertThat(Long.parseLong(second.getString("resourceVersion")))
                .isEqualTo(Long.parseLong(first.getString("resourceVersion")) + 1);
    }

    @Test
    void put_afterDelete_goesOnFromTheFence() {
        put("/routes/team/web", "{\"ip\":\"127.64.1.1\"}");
        JsonObject gone = new JsonObject(server.call("DELETE", "/routes/team/web", "").body());
        assertThat(server.call("GET", "/routes/web", "").statusCode()).isEqualTo(404);
        JsonObject back = put("/routes/team/web", "{\"ip\":\"127.64.1.1\"}");
        assertThat(Long.parseLong(back.getString("resourceVersion")))
                .isGreaterThan(Long.parseLong(gone.getString("resourceVersion")));
        assertThat(pushed).extracting(Route::isDead).containsExactly(false, true, false);
    }

    @Test
    void put_withTtl_expiresUnlessPutAgain() {
        put("/routes/team/web?ttl=150ms", "{\"ip\":\"127.64.1.1\"}");
        put("/routes/team/stays?ttl=150ms", "{\"ip\":\"127.64.1.2\"}");
        put("/routes/team/stays", "{\"ip\":\"127.64.1.2\"}");
        put("/routes/team/later?ttl=200ms", "{\"ip\":\"127.64.1.3\"}");
        await().until(() -> pushed.stream().filter(Route::isDead).map(Route::name).toList()
                .containsAll(List.of("web", "later")));
        assertThat(table.find("web")).isNull();
        assertThat(table.find("stays")).isNotNull();
    }

    @Test
    void ttl_ofARouteThatAnotherHasSince_doesNotDeleteIt() {
        JsonObject mine = put("/routes/team/taken?ttl=150ms", "{\"ip\":\"127.64.1.1\"}");
        put("/routes/team/later?ttl=200ms", "{\"ip\":\"127.64.1.2\"}");
        Route taken = new Route("team", "taken", "taken", "u", "", "127.64.1.3", "running",
                RouteVersion.of(Long.parseLong(mine.getString("resourceVersion"))).nextEpoch(), "gone",
                TrafficRules.OPEN, null);
        assertThat(table.upsert(taken).isApplied()).isTrue();
        await().until(() -> table.find("later") == null);
        assertThat(table.find("taken")).isNotNull();
    }

    @Test
    void ttl_ofARouteThatComesBackFromAPeer_stillHolds() {
        put("/routes/team/web?ttl=1h", "{\"ip\":\"127.64.1.1\",\"note\":1}");
        Route put = Objects.requireNonNull(table.find("web"));
        assertThat(put.extra()).matches("\"fed\":true,\"expires\":\"[^\"]+Z\",\"note\":1");
        for (String extra : List.of("\"fed\":true,\"expires\":\"" + Instant.now().plus(Duration.ofMillis(100)) + "\"",
                "\"fed\":true,\"expires\":\"2020-01-01T00:00:00Z\",\"note\":1")) {
            String name = "back" + extra.length();
            table.apply(new Route("team", name, name, "u", "", "127.64.1.3", "running",
                    RouteVersion.of(0, 1), "self", TrafficRules.OPEN, extra));
            await().until(() -> pushed.getLast().name().equals(name) && pushed.getLast().isDead());
            assertThat(table.find(name)).isNull();
        }
        assertThat(table.find("web")).isEqualTo(put);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /routes?authority=%zz", "GET /routes/%zz", "PUT /routes/team/web?ttl=%zz"})
    void call_thatCannotBeDecoded_is400InJson(String requestLine) {
        assertThat(server.raw(requestLine)).startsWith("HTTP/1.1 400 ").contains("{\"code\":400,")
                .contains("percent-encoded");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /routes/team/web          | not json                                              | 400 | JSON
            /routes/team/web          | {"ip":"127.0.0.1"}                                    | 400 | ip: 127.0.0.1
            /routes/team/web          | {"ip":"169.254.169.254"}                              | 400 | ip: 169.254.169.254
            /routes/team/web%0Ax      | {"ip":"127.64.1.1"}                                   | 400 | name: (expected: text without control
            /routes/team/web          | {"id":"a\\u000ab","ip":"127.64.1.1"}                   | 400 | id: (expected: text without control
            /routes/team/web          | {"ip":7}                                              | 400 | ip: 7
            /routes/team/web          | {"name":"other","ip":"127.64.1.1"}                    | 400 | name: other
            /routes/team/web          | {"state":"dead"}                                      | 400 | DELETE
            /routes/team/web          | {"resourceVersion":"01","ip":"127.64.1.1"}            | 400 | resourceVersion: 01
            /routes/team/web          | {"requireTrafficAuth":"yes"}                          | 400 | requireTrafficAuth
            /routes/team/web          | {"maskRequestHost":"a b","ip":"127.64.1.1"}           | 400 | maskRequestHost: a b
            /routes/team/web?ttl=soon | {"ip":"127.64.1.1"}                                   | 400 | ttl: soon
            /routes/team/web?ttl=0s   | {"ip":"127.64.1.1"}                                   | 400 | ttl: 0s
            /routes/default/sandbox   | {"ip":"127.64.1.1"}                                   | 409 | lifecycle API
            """)
    void put_badInput_isRefusedWithWhatIsWrong(String path, String body, int status, String named) {
        var answer = server.call("PUT", path, body);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(new JsonObject(answer.body()).getString("message")).contains(named);
        assertThat(table.size()).isZero();
    }

    @Test
    void put_routeOfAnother_isRefusedWhileItsAuthorityLives() {
        table.upsert(route("theirs", "peer", RouteVersion.of(0, 5)));
        table.upsert(route("fed", "", RouteVersion.of(9)));
        assertThat(server.call("PUT", "/routes/team/theirs", "{}").body()).contains("belongs to replica peer");
        assertThat(server.call("DELETE", "/routes/team/theirs", "").statusCode()).isEqualTo(409);
        assertThat(server.call("PUT", "/routes/team/fed", "{}").body()).contains("external feed");
    }

    @Test
    void put_routeOfADeadReplica_takesItOverInTheNextEpoch() {
        table.upsert(route("left", "dead-replica", RouteVersion.of(3, 5)));
        JsonObject answer = put("/routes/team/left", "{\"ip\":\"127.64.1.1\"}");
        assertThat(answer.getString("resourceVersion")).isEqualTo(RouteVersion.of(4, 1).toString());
        assertThat(answer.getString("authority")).isEqualTo("self");
    }

    @Test
    void delete_unknown_is404() {
        assertThat(server.call("DELETE", "/routes/team/none", "").statusCode()).isEqualTo(404);
    }

    @Test
    void list_streamsEveryRouteOnALineOfItsOwn() {
        for (int i = 0; i < 5_000; i++) {
            table.upsert(route("r" + i, i % 2 == 0 ? "peer" : "self", RouteVersion.of(0, 1)));
        }
        Set<String> names = Set.copyOf(server.call("GET", "/routes", "").body().lines()
                .map(line -> new JsonObject(line).getString("name")).toList());
        assertThat(names).hasSize(5_000);
        assertThat(server.call("GET", "/routes?authority=peer", "").body().lines()).hasSize(2_500);
        assertThat(server.call("GET", "/routes?authority=incomplete", "").statusCode()).isEqualTo(503);
        assertThat(server.call("GET", "/routes?authority=nobody", "").body()).isEmpty();
    }

    @Test
    void otherMethods_are405() {
        assertThat(server.call("POST", "/routes", "{}").statusCode()).isEqualTo(405);
        assertThat(server.call("PUT", "/routes/web", "{}").statusCode()).isEqualTo(405);
        assertThat(server.call("POST", "/routes/team/web", "{}").statusCode()).isEqualTo(405);
    }

    private static Route route(String name, String authority, RouteVersion version) {
        return new Route("team", name, name, "uid-" + name, "", "127.64.9.9", "running", version, authority,
                TrafficRules.OPEN,
                null);
    }
}
