package io.sandgate.gateway.stream.webhook;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.VirtualLoop;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// What is registered and what is kept of it, of one replica without others.
class WebhooksTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path directory;
    private final FakeLog log = new FakeLog();
    private VirtualLoop loop = new VirtualLoop(0);
    private FakeReceivers receivers = new FakeReceivers(loop);
    private Webhooks webhooks;

    @Test
    void registration_isKeptOverARestart_andOthersCannotReadIt() throws IOException {
        Webhook webhook = await(webhooks.create(DeliveryRig.webhook("w", "a")));
        start();

        assertThat(await(webhooks.list("a"))).containsExactly(webhook);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("webhooks.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void progress_isKeptOverARestart() {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        log.append("sandbox.created", "a", START);
        loop.run(Duration.ofSeconds(5));
        log.append("sandbox.killed", "a", START);
        start();
        loop.run(Duration.ofSeconds(5));

        assertThat(receivers.bodies("w")).containsExactly("i2");
    }

    @Test
    void close_keepsWhatWasDeliveredLast() {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        log.append("sandbox.created", "a", START);
        loop.run(Duration.ofMillis(10));
        CompletableFuture<Void> closed = CompletableFuture.runAsync(webhooks::close);
        while (!closed.isDone()) {
            loop.run(Duration.ofMillis(1));
            Thread.onSpinWait();
        }
        start();
        loop.run(Duration.ofSeconds(5));

        assertThat(receivers.got).isEmpty();
    }

    @Test
    void otherTeams_seeAndChangeNothing() {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));

        assertThat(await(webhooks.list("b"))).isEmpty();
        assertThat(await(webhooks.find("b", "w"))).isEmpty();
        assertThat(await(webhooks.change("b", "w", each -> each.disabled("x")))).isEmpty();
        assertThat(await(webhooks.delete("b", "w"))).isFalse();
        assertThat(await(webhooks.find("a", "w")).orElseThrow().enabled()).isTrue();
    }

    @Test
    void team_hasNoMoreThanItMay() {
        IntStream.range(0, 20).forEach(i -> await(webhooks.create(DeliveryRig.webhook("w" + i, "a"))));

        CompletionStage<Webhook> more = webhooks.create(DeliveryRig.webhook("more", "a"));
        loop.run();
        assertThat(more.toCompletableFuture()).isCompletedExceptionally();
        await(webhooks.create(DeliveryRig.webhook("other", "b")));
    }

    @Test
    void tornFile_isPutAside_andCountsAsEmpty() throws IOException {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        Path file = directory.resolve("webhooks.json");
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.length() / 2));
        Files.writeString(directory.resolve("progress.json"), "");
        start();

        assertThat(await(webhooks.list("a"))).isEmpty();
        assertThat(directory.resolve("webhooks.json.unreadable")).exists();
        await(webhooks.create(DeliveryRig.webhook("v", "a")));
        start();
        assertThat(await(webhooks.list("a"))).hasSize(1);
    }

    @Test
    void registration_thatCannotBeKept_isTakenBack() throws IOException {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        // a folder where the next file should be
        Files.createDirectories(directory.resolve("webhooks.json.new/in-the-way"));
        CompletionStage<Webhook> made = webhooks.create(DeliveryRig.webhook("v", "a"));
        CompletionStage<Optional<Webhook>> changed = webhooks.change("a", "w", each -> each.disabled("x"));
        loop.run();

        assertThat(made.toCompletableFuture()).isCompletedExceptionally();
        assertThat(changed.toCompletableFuture()).isCompletedExceptionally();
        assertThat(await(webhooks.list("a"))).containsExactly(DeliveryRig.webhook("w", "a"));
    }

    @Test
    void webhook_thatFailsForADay_isDisabled() {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        receivers.answers.put("w", attempt -> FakeReceivers.Answer.soon(FakeReceivers.DOWN));
        for (int hour = 0; hour < 26; hour++) {
            log.append("sandbox.updated", "a", START);
            loop.run(Duration.ofHours(1));
        }
        Webhook webhook = await(webhooks.find("a", "w")).orElseThrow();

        assertThat(webhook.enabled()).isFalse();
        assertThat(webhook.disabledReason()).contains("answered 503");
    }

    @Test
    void body_thatIsNoExchange_fails() {
        CompletionStage<JsonObject> answer = webhooks
                .exchange(new JsonObject("{\"records\":[{\"id\":\"w\",\"version\":-1}]}"));
        loop.run();
        assertThat(answer.toCompletableFuture()).isCompletedExceptionally();
    }

    /// Begins, or begins again with what is kept.
    @BeforeEach
    void start() {
        loop = new VirtualLoop(0);
        receivers = new FakeReceivers(loop);
        VirtualLoop own = loop;
        webhooks = new Webhooks(WebhookSettings.DEFAULT, new Webhooks.Environment("r1", own, log, new Nobody(),
                receivers, DeliveryRig::body, new Random(1), () -> START.plusNanos(own.nanoTime()), own, directory,
                new SimpleMeterRegistry()));
        await(webhooks.start());
    }

    private <T> T await(CompletionStage<T> stage) {
        loop.run(Duration.ofMillis(1));
        return stage.toCompletableFuture().join();
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
