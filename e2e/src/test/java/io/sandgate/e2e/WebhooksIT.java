package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.HookReceiver;
import io.sandgate.e2e.harness.HookReceiver.Delivery;
import io.sandgate.e2e.harness.LifecycleClient;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Teams are told of their sandboxes by webhooks, whatever happens to the receivers and the replicas.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class WebhooksIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SECRET = "the secret that signs, ü";
    private static final String PATH = "/events/webhooks";

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).set("webhooks.attempts", "3").patient();

    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);
    private final HookReceiver receiver = new HookReceiver();

    @AfterEach
    void forget() {
        first.api().call("GET", PATH, "").array().stream().map(JsonObject.class::cast).forEach(
                webhook -> first.api().call("DELETE", PATH + "/" + webhook.getString("id"), ""));
        receiver.close();
    }

    @Test
    void webhook_ofAnE2bClient_isToldOfTheLifeOfASandboxAndCanTellFromWhom() {
        Answer made = first.api().call("POST", PATH, body(receiver).encode());
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        JsonObject webhook = made.json();
        assertThat(webhook.getString("teamId")).isEqualTo("team-a");
        assertThat(webhook.getString("url")).isEqualTo(receiver.url());
        assertThat(webhook.getBoolean("enabled")).isTrue();
        String id = webhook.getString("id");
        assertThat(second.api().call("GET", PATH + "/" + id, "").json().getString("createdAt"))
                .as("at the other replica").isEqualTo(webhook.getString("createdAt"));
        assertThat(second.api().call("GET", PATH, "").body()).contains(id).doesNotContain(SECRET);

        LifecycleClient api = first.api();
        String sandbox = api.created(new JsonObject().put("templateID", "base").put("timeout", 300).put("metadata",
                new JsonObject().put("user", "42")));
        api.pause(sandbox);
        api.connect(sandbox, 300);
        api.kill(sandbox);

        awaitTaken("created " + sandbox, "paused " + sandbox, "resumed " + sandbox, "killed " + sandbox);
        assertThat(receiver.all()).allSatisfy(delivery -> {
            assertThat(delivery.webhook()).isEqualTo(id);
            assertThat(delivery.signatureVersion()).isEqualTo("v1");
            assertThat(delivery.isSignedWith(SECRET)).as(delivery.text()).isTrue();
            JsonObject json = delivery.json();
            assertThat(json.getString("version")).isEqualTo("v2");
            assertThat(json.getString("event_category")).isEqualTo("lifecycle");
            assertThat(json.getString("sandbox_team_id")).isEqualTo("team-a");
            assertThat(json.getString("sandbox_template_id")).isEqualTo("base");
            assertThat(json.getJsonObject("event_data").getJsonObject("sandbox_metadata"))
                    .isEqualTo(new JsonObject().put("user", "42"));
        });
        assertThat(receiver.all().stream().map(Delivery::id)).doesNotHaveDuplicates();
        awaitDelivered(first, id, 4);

        api.call("PATCH", PATH + "/" + id, "{\"events\":[\"sandbox.lifecycle.killed\"]}");
        String other = api.created("base");
        api.kill(other);
        awaitTaken("created " + sandbox, "paused " + sandbox, "resumed " + sandbox, "killed " + sandbox,
                "killed " + other);
    }

    @Test
    void webhook_isToldByTheReplicaOfTheSandbox_onlyOnce() {
        register(first, receiver);
        String here = first.api().created("base");
        awaitKnown(second, here);
        String there = second.api().created("base");
        awaitKnown(first, there);
        first.api().kill(here);
        second.api().kill(there);

        // the last ones come after all that their replicas could wrongly have told before
        await().atMost(SOON).until(() -> receiver.taken().containsAll(List.of("killed " + here, "killed " + there)));
        assertThat(receiver.taken()).containsExactlyInAnyOrder("created " + here, "created " + there, "killed " + here,
                "killed " + there);
    }

    @Test
    void receivers_thatFail_getTheSameAgain_untilItIsGivenUp() {
        try (HookReceiver down = new HookReceiver().down()) {
            receiver.failing(2);
            String flaky = register(first, receiver);
            String dead = register(first, down);
            String sandbox = first.api().created("base");
            first.api().kill(sandbox);

            awaitTaken("created " + sandbox, "killed " + sandbox);
            assertThat(receiver.all().stream().map(Delivery::about)).containsExactly("created " + sandbox,
                    "created " + sandbox, "created " + sandbox, "killed " + sandbox);
            assertThat(receiver.about("created " + sandbox).stream().map(Delivery::id).distinct()).hasSize(1);
            assertThat(deliveries(first, flaky).getInteger("failures")).isZero();

            await().atMost(SOON).until(() -> deliveries(first, dead).getInteger("givenUp") >= 1);
            JsonObject view = deliveries(first, dead);
            assertThat(view.getInteger("delivered")).isZero();
            assertThat(view.getInteger("failures")).isGreaterThanOrEqualTo(3);
            assertThat(view.getString("lastError")).isEqualTo("answered 500");
            assertThat(view.getInstant("failingSince")).isNotNull();
            assertThat(down.about("created " + sandbox)).hasSize(3);
            assertThat(first.metrics().sum("sandgate_webhooks_deliveries_total", "outcome=\"given_up\""))
                    .isGreaterThanOrEqualTo(1);
        }
    }

    @Test
    void replica_thatIsKilled_deliversWhatWaitedWhenItIsBack_whileTheOtherGoesOn() {
        String id = register(first, receiver.down());
        String sandbox = first.api().created("base");
        await().atMost(SOON).until(() -> !receiver.all().isEmpty());
        first.kill9();
        receiver.recover();

        String other = second.api().created("base");
        awaitTaken("created " + other);
        first.start();
        cluster.awaitTogether();
        await().atMost(SOON).until(() -> receiver.taken().contains("created " + sandbox));
        assertThat(receiver.taken()).containsExactly("created " + other, "created " + sandbox);
        assertThat(receiver.about("created " + sandbox).stream().map(Delivery::id).distinct()).hasSize(1);
        awaitDelivered(first, id, 1);
    }

    @Test
    void replica_thatIsStopped_goesOnWhereItWas() {
        register(second, receiver);
        String before = second.api().created("base");
        awaitTaken("created " + before);
        receiver.down();
        String waits = second.api().created("base");
        await().atMost(SOON).until(() -> !receiver.about("created " + waits).isEmpty());
        assertThat(second.sigterm()).isZero();
        receiver.recover();

        second.start();
        cluster.awaitTogether();
        String after = second.api().created("base");
        await().atMost(SOON).until(() -> receiver.taken().contains("created " + after));
        assertThat(receiver.taken()).containsExactly("created " + before, "created " + waits, "created " + after);
        assertThat(receiver.about("created " + waits).stream().map(Delivery::id).distinct()).hasSize(1);
    }

    @Test
    void input_thatIsWrong_isRefusedWithItsReason() {
        assertRefused(body(receiver).put("url", "ftp://receiver.example/"), "url: ");
        assertRefused(body(receiver).put("url", "http://receiver.example/"), "url: http to another machine");
        for (String closed : List.of("https://10.0.0.1/", "https://169.254.169.254/latest", "https://[fe80::1]/",
                "https://[::ffff:192.168.0.1]/", "https://[64:ff9b::a00:1]/", first.publicUrl() + "/")) {
            assertRefused(body(receiver).put("url", closed), "url: the host");
        }
        assertRefused(body(receiver).put("events", new JsonArray().add("sandbox.lifecycle.exploded")),
                "sandbox.lifecycle.exploded");
        assertRefused(body(receiver).put("signatureSecret", "s".repeat(513)), "signatureSecret: 513 characters");
        assertThat(first.api().call("POST", PATH, "{\"name\":").status()).isEqualTo(400);
        assertThat(first.api().withKey("").call("POST", PATH, body(receiver).encode()).status()).isEqualTo(401);
        assertThat(first.api().call("GET", PATH, "").array()).isEmpty();
    }

    @Test
    void webhook_ofAnotherTeam_isNotThere() {
        String id = register(first, receiver);
        for (ReplicaProcess replica : cluster.replicas()) {
            LifecycleClient other = replica.api().withKey(ClusterProcesses.OTHER_KEY);
            assertThat(other.call("GET", PATH, "").array()).isEmpty();
            assertThat(other.call("GET", PATH + "/" + id, "").status()).isEqualTo(404);
            assertThat(other.call("PATCH", PATH + "/" + id, "{\"enabled\":false}").status()).isEqualTo(404);
            assertThat(other.call("DELETE", PATH + "/" + id, "").status()).isEqualTo(404);
        }
        String foreign = first.api().withKey(ClusterProcesses.OTHER_KEY).created("base");
        first.api().withKey(ClusterProcesses.OTHER_KEY).kill(foreign);
        String own = first.api().created("base");
        awaitTaken("created " + own);
    }

    private static JsonObject body(HookReceiver receiver) {
        return new JsonObject().put("name", "mine").put("url", receiver.url()).put("enabled", true)
                .put("signatureSecret", SECRET).put("events", new JsonArray().add("sandbox.lifecycle.created")
                        .add("sandbox.lifecycle.paused").add("sandbox.lifecycle.resumed")
                        .add("sandbox.lifecycle.killed"));
    }

    /// Registers a webhook, and waits until both replicas know it.
    private static String register(ReplicaProcess replica, HookReceiver receiver) {
        Answer made = replica.api().call("POST", PATH, body(receiver).encode());
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        String id = made.json().getString("id");
        cluster.replicas().forEach(each -> await().atMost(SOON)
                .until(() -> each.api().call("GET", PATH + "/" + id, "").status() == 200));
        return id;
    }

    private void assertRefused(JsonObject body, String reason) {
        Answer answer = first.api().call("POST", PATH, body.encode());
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(reason).doesNotContain(SECRET);
    }

    private void awaitTaken(String... all) {
        await().atMost(SOON).untilAsserted(() -> assertThat(receiver.taken()).containsExactly(all));
    }

    /// The receiver has them before the replica has its answer.
    private static void awaitDelivered(ReplicaProcess replica, String id, int count) {
        await().atMost(SOON).untilAsserted(() -> assertThat(deliveries(replica, id).getInteger("delivered"))
                .isEqualTo(count));
    }

    /// Waits until a replica has heard of a sandbox that runs on another one.
    private static void awaitKnown(ReplicaProcess replica, String sandbox) {
        await().atMost(SOON)
                .until(() -> replica.api().call("GET", "/events/sandboxes/" + sandbox, "").body().contains("created"));
    }

    private static JsonObject deliveries(ReplicaProcess replica, String id) {
        return replica.api().call("GET", PATH + "/" + id, "").json().getJsonObject("deliveries");
    }
}
