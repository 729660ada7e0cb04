package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.gateway.stream.webhook.Outcome;
import io.sandgate.gateway.stream.webhook.WebhookPeers;
import io.sandgate.gateway.stream.webhook.WebhookSettings;
import io.sandgate.gateway.stream.webhook.WebhookTargets;
import io.sandgate.gateway.stream.webhook.Webhooks;
import io.sandgate.gateway.stream.webhook.connect.WebhookAddresses;
import io.sandgate.proxy.replicate.VertxLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WebhookCallsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String BODY = """
            {"name":"mine","url":"https://receiver.test/hook","enabled":true,
            "events":["sandbox.lifecycle.created","sandbox.lifecycle.killed"],"signatureSecret":"the secret"}""";
    private static final Map<String, String> NAMES = Map.of("receiver.test", "93.184.216.34", "metadata.test",
            "169.254.169.254", "inside.test", "10.0.0.1");

    @TempDir
    Path directory;
    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger ids = new AtomicInteger();
    private Webhooks webhooks;
    private WebhookCalls calls;

    @BeforeEach
    void start() {
        webhooks = new Webhooks(WebhookSettings.DEFAULT, new Webhooks.Environment("r1",
                new VertxLoop(vertx, ((VertxInternal) vertx).createEventLoopContext()), new Silence(), new Nobody(),
                attempt -> CompletableFuture.completedStage(new Outcome.Delivered()), WebhookPayload::of,
                new Random(1), () -> START, workers, directory, new SimpleMeterRegistry()));
        webhooks.start().toCompletableFuture().join();
        WebhookAddresses addresses = new WebhookAddresses(WebhookCallsTest::resolve,
                new WebhookTargets(List.of(), false, address -> false), workers);
        calls = new WebhookCalls(vertx,
                new WebhookServices(webhooks, addresses, () -> "w" + ids.incrementAndGet(), () -> START, "r1"));
    }

    @AfterEach
    void stop() {
        webhooks.close();
        vertx.close().await();
        workers.shutdownNow();
    }

    @Test
    void webhook_isRegisteredAndShownWithoutItsSecret() throws IOException {
        Reply made = await(calls.create(request("", BODY)));
        Reply shown = await(calls.get(request("w1", "")));

        assertThat(made.status()).isEqualTo(201);
        assertThat(shown.status()).isEqualTo(200);
        assertThat(json(shown)).isEqualTo(json(made));
        assertThat(json(shown)).isEqualTo(TestClient.json("""
                {"id":"w1","teamId":"a","teamID":"a","name":"mine","createdAt":"2026-01-01T00:00:00Z","enabled":true,
                "url":"https://receiver.test/hook","events":["sandbox.lifecycle.created","sandbox.lifecycle.killed"],
                "deliveries":{"replica":"r1","delivered":0,"refused":0,"givenUp":0,"skipped":0,"failures":0}}"""));
        assertThat(await(calls.list(request("", ""))).body().toString()).contains("w1").doesNotContain("the secret");
    }

    @Test
    void change_replacesWhatIsGiven() throws IOException {
        await(calls.create(request("", BODY)));
        Reply changed = await(
                calls.change(request("w1", "{\"enabled\":false,\"events\":[\"sandbox.lifecycle.paused\"]}")));

        assertThat(changed.status()).isEqualTo(200);
        assertThat(json(changed).path("enabled").asBoolean(true)).isFalse();
        assertThat(json(changed).path("events").toString()).isEqualTo("[\"sandbox.lifecycle.paused\"]");
        assertThat(json(changed).path("name").asText()).isEqualTo("mine");
    }

    @Test
    void deleted_isGone() {
        await(calls.create(request("", BODY)));

        assertThat(await(calls.delete(request("w1", ""))).status()).isEqualTo(200);
        assertThatThrownBy(() -> await(calls.get(request("w1", "")))).hasMessageContaining("doesn't exist");
        assertThatThrownBy(() -> await(calls.delete(request("w1", "")))).hasMessageContaining("doesn't exist");
    }

    @Test
    void otherTeams_findNothing() {
        await(calls.create(request("", BODY)));
        ApiRequest other = new ApiRequest("b", "1", "w1", "", Buffer.buffer("{}"));

        assertThat(await(calls.list(other)).body()).hasToString("[]");
        assertThatThrownBy(() -> await(calls.get(other))).hasMessageContaining("doesn't exist");
        assertThatThrownBy(() -> await(calls.change(other))).hasMessageContaining("doesn't exist");
        assertThatThrownBy(() -> await(calls.delete(other))).hasMessageContaining("doesn't exist");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"name|\"\"|name: 0 characters", "name|7|name: of another type",
            "url|\"ftp://receiver.test\"|url: not a web address", "url|\"http://receiver.test/\"|url: http to another",
            "url|\"https://metadata.test/\"|url: the host leads to an address",
            "url|\"https://inside.test/\"|url: the host leads to an address",
            "url|\"https://169.254.169.254/\"|url: the host leads to an address",
            "url|\"https://nowhere.test/\"|url: its host has no address", "url|null|url: (absent)",
            "events|[]|events: of another type", "events|null|events: (absent)",
            "events|[\"sandbox.lifecycle.exploded\"]|events: \"sandbox.lifecycle.exploded\" (expected: one or more of",
            "enabled|\"yes\"|enabled: of another type", "signatureSecret|\"\"|signatureSecret: 0 characters",
            "signatureSecret|null|signatureSecret: (absent)"})
    void body_thatIsWrong_isRefusedWithItsName(String member, String value, String message) {
        JsonObject body = new JsonObject(BODY);
        body.mergeIn(new JsonObject("{\"" + member + "\":" + value + "}"));

        assertThatThrownBy(() -> await(calls.create(request("", body.encode())))).hasMessageStartingWith(message)
                .isInstanceOfSatisfying(ApiException.class, refused -> assertThat(refused.status()).isEqualTo(400));
        assertThat(await(calls.list(request("", ""))).body()).hasToString("[]");
    }

    @Test
    void urlThatIsChanged_isCheckedToo() {
        await(calls.create(request("", BODY)));

        assertThatThrownBy(() -> await(calls.change(request("w1", "{\"url\":\"https://inside.test/\"}"))))
                .hasMessageContaining("sandgate.webhooks.allowed-targets");
    }

    @Test
    void webhooks_areNoMoreThanTheyMayBe() {
        for (int i = 0; i < 20; i++) {
            await(calls.create(request("", BODY)));
        }
        assertThatThrownBy(() -> await(calls.create(request("", BODY)))).isInstanceOfSatisfying(ApiException.class,
                refused -> assertThat(refused.status()).isEqualTo(409));
    }

    @Test
    void payload_isAsReceiversReadIt() throws IOException {
        Event event = new Event("sandbox.killed", "sandbox/i1", true, START, "i1", "a", Map.of("k", "v"),
                "{\"template\":\"base\",\"uid\":\"u1\"}", Event.Reach.CLUSTER);
        Origin origin = new Origin("r1", new Cursor("e", 7));
        JsonNode body = Json.read(WebhookPayload.of(new Entry(9, event, origin, Buffer.buffer())));

        assertThat(body).isEqualTo(TestClient.json("""
                {"id":"%s","version":"v2","type":"sandbox.lifecycle.killed","timestamp":"2026-01-01T00:00:00Z",
                "event_category":"lifecycle","event_label":"kill","event_data":{"sandbox_metadata":{"k":"v"}},
                "sandbox_id":"i1","sandbox_execution_id":"u1","sandbox_template_id":"base","sandbox_build_id":"base",
                "sandbox_team_id":"a"}""".formatted(E2bEventJson.id(origin))));
    }

    private static ApiRequest request(String id, String body) {
        return new ApiRequest("a", "1", id, "", Buffer.buffer(body));
    }

    private static Reply await(Future<Reply> reply) {
        return reply.await();
    }

    private static JsonNode json(Reply reply) throws IOException {
        return Json.read(reply.body());
    }

    private static List<InetAddress> resolve(String host) throws UnknownHostException {
        String address = NAMES.getOrDefault(host, host);
        try {
            return List.of(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(host);
        }
    }

    /// A log in which nothing happens.
    private static final class Silence implements EventReader {
        @Override
        public Extent extent() {
            return new Extent("e", 1, 0);
        }

        @Override
        public Read read(Cursor after, int maxEntries, int maxBytes) {
            return new Read.AtTip();
        }

        @Override
        public Read readStored(Cursor after, int maxEntries, int maxBytes) {
            return new Read.AtTip();
        }

        @Override
        public State state() {
            return new State(extent().end(), List.of());
        }

        @Override
        public Runnable onAppend(Runnable waker) {
            return () -> {};
        }
    }

    /// No other replicas.
    private static final class Nobody implements WebhookPeers {
        @Override
        public List<String> members() {
            return List.of();
        }

        @Override
        public CompletionStage<JsonObject> exchange(String member, JsonObject body, Duration timeout) {
            return CompletableFuture.failedStage(new IllegalStateException(member));
        }
    }
}
