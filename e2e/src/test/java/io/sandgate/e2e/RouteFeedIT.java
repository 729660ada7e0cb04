package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxWorld;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Routes that users feed themselves, and what a replica knows of them when it joins.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RouteFeedIT {

    private static final String ADDRESS = "127.127.0.9";

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).late(1).patient();

    @AutoClose
    private static final SandboxWorld world = SandboxWorld.open();

    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);

    @Test
    void put_onOneReplica_isServedByTheOthersAndDeleteEndsIt() {
        Answer put = put(first.adminUrl(), "shop", "cart", "", new JsonObject().put("id", "cart1").put("ip", ADDRESS));

        assertThat(put.status()).isEqualTo(200);
        assertThat(put.json().getInteger("acknowledged")).isEqualTo(put.json().getInteger("peers")).isPositive();
        assertThat(second.sandboxes().get("cart1", world.port(), "/").body()).isEqualTo(ADDRESS);
        assertThat(second.route("cart1").getString("authority")).isEqualTo(first.id());

        Answer again = put(first.peerUrl(), "shop", "cart", "",
                new JsonObject().put("id", "cart1").put("ip", ADDRESS).put("colour", "blue"));
        assertThat(version(again)).isGreaterThan(version(put));
        assertThat(second.route("cart1").getString("colour")).as("fields that it does not know").isEqualTo("blue");

        assertThat(put(second.adminUrl(), "shop", "cart", "", new JsonObject().put("ip", ADDRESS)).status())
                .as("not the authority").isEqualTo(409);
        assertThat(delete(first.adminUrl(), "shop", "cart").status()).isEqualTo(200);
        assertThat(second.sandboxes().get("cart1", world.port(), "/").status()).isEqualTo(502);
        assertThat(delete(first.adminUrl(), "shop", "cart").status()).isEqualTo(404);
    }

    @Test
    void put_withTimeToLive_expiresEverywhereUnlessPutAgain() {
        JsonObject kept = new JsonObject().put("id", "kept1").put("ip", ADDRESS);
        put(first.adminUrl(), "ttl", "kept", "?ttl=2s", kept);
        put(first.adminUrl(), "ttl", "lost", "?ttl=500ms", new JsonObject().put("id", "lost1").put("ip", ADDRESS));

        await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            assertThat(put(first.adminUrl(), "ttl", "kept", "?ttl=2s", kept).status()).isEqualTo(200);
            assertThat(first.routes()).doesNotContainKey("lost1");
            assertThat(second.routes()).doesNotContainKey("lost1");
        });

        assertThat(second.sandboxes().get("kept1", world.port(), "/").body()).isEqualTo(ADDRESS);
        await().atMost(Duration.ofSeconds(10)).until(() -> !second.routes().containsKey("kept1"));
    }

    @Test
    void put_ofAddressNotAllowed_isRefused() {
        for (String address : Set.of("169.254.169.254", "10.0.0.1", "127.0.0.1", "nowhere")) {
            Answer answer = put(first.adminUrl(), "bad", "target", "", new JsonObject().put("ip", address));

            assertThat(answer.status()).as(address).isEqualTo(400);
            assertThat(answer.body()).contains(address);
        }
        assertThat(first.routes()).doesNotContainKey("target");
    }

    @Test
    void put_ofSandboxRoute_isRefused() {
        String id = first.api().created("base");

        assertThat(put(first.adminUrl(), "default", id, "", new JsonObject().put("ip", ADDRESS)).status())
                .isEqualTo(409);
        assertThat(delete(second.adminUrl(), "default", id).status()).isEqualTo(409);
        assertThat(second.sandboxes().get(id, world.port(), "/").status()).isEqualTo(200);
    }

    @Test
    void refresh_overTheWire_answersAsDocumented() {
        JsonObject route = new JsonObject().put("namespace", "ext").put("name", "one").put("id", "one1")
                .put("uid", "u-1").put("owner", "team-a").put("ip", ADDRESS).put("state", "running")
                .put("resourceVersion", "20");

        assertThat(refresh(route.encode())).isEqualTo(204);
        assertThat(first.sandboxes().get("one1", world.port(), "/").body()).isEqualTo(ADDRESS);
        assertThat(refresh(route.copy().put("resourceVersion", "19").put("state", "paused").encode()))
                .as("stale").isEqualTo(204);
        assertThat(first.route("one1").getString("state")).isEqualTo("running");
        assertThat(refresh("{\"id\":\"one1\"}")).as("legacy").isEqualTo(204);
        assertThat(refresh(route.copy().put("resourceVersion", "-1").encode())).isEqualTo(400);
        assertThat(refresh("not json")).isEqualTo(400);
        assertThat(refresh("{" + " ".repeat(1 << 20) + "}")).isEqualTo(413);
        assertThat(cluster.http().get(first.peerUrl() + "/refresh", Map.of()).status()).isEqualTo(405);
        assertThat(refresh(route.copy().put("resourceVersion", "21").put("state", "dead").encode())).isEqualTo(204);
        assertThat(first.sandboxes().get("one1", world.port(), "/").status()).isEqualTo(502);
        assertThat(refresh(route.encode())).as("behind the fence").isEqualTo(204);
        assertThat(first.routes()).doesNotContainKey("one1");
    }

    @Test
    void route_thatItsAuthorityDoesNotHave_isFoundByComparingAndGone() {
        JsonObject route = new JsonObject().put("namespace", "lost").put("name", "one").put("id", "lost1")
                .put("uid", "u-1").put("ip", ADDRESS).put("state", "running").put("resourceVersion", "7")
                .put("authority", second.id());

        assertThat(refresh(route.encode())).isEqualTo(204);

        await().atMost(Duration.ofSeconds(20)).until(() -> !first.routes().containsKey("lost1"));
        assertThat(first.metrics().sum("sandgate_reconcile_routes_total")).isPositive();
    }

    @Test
    void replica_thatStartsLater_hasAllRoutesBeforeItSaysReady() {
        String sandbox = second.api().created("base");
        Set<String> fed = IntStream.range(0, 1_000).mapToObj(i -> "fed" + i).collect(Collectors.toSet());
        fed.forEach(id -> assertThat(put(first.adminUrl(), "many", id, "", new JsonObject().put("ip", ADDRESS))
                .status()).isEqualTo(200));
        ReplicaProcess late = cluster.replica(3);

        try {
            late.start().awaitReady();

            Set<String> known = late.routes().keySet();
            assertThat(known).contains(sandbox);
            assertThat(fed.stream().filter(id -> !known.contains(id))).isEmpty();
            assertThat(late.sandboxes().get(sandbox, world.port(), "/").status()).isEqualTo(200);
            assertThat(late.api().get(sandbox).status()).isEqualTo(200);
            assertThat(late.route("fed1").getString("resourceVersion"))
                    .isEqualTo(first.route("fed1").getString("resourceVersion"));
        } finally {
            late.kill9();
            cluster.awaitReadyMembers(Set.of(first.id(), second.id()));
        }
    }

    private static Answer put(String base, String namespace, String name, String query, JsonObject route) {
        return cluster.http().send("PUT", base + "/routes/" + namespace + "/" + name + query, Map.of(),
                route.encode());
    }

    private static Answer delete(String base, String namespace, String name) {
        return cluster.http().send("DELETE", base + "/routes/" + namespace + "/" + name, Map.of(), "");
    }

    private int refresh(String body) {
        return cluster.http().send("POST", first.peerUrl() + "/refresh", Map.of("Content-Type", "application/json"),
                body).status();
    }

    private static BigInteger version(Answer answer) {
        return new BigInteger(answer.json().getString("resourceVersion"));
    }
}
