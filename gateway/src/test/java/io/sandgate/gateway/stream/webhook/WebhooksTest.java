package io.sandgate.gateway.stream.webhook;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void registration_isToldOfWhatHappensAtOnce_alsoAfterACrash() {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        log.append("sandbox.created", "a", START);
        start();
        loop.run(Duration.ofSeconds(5));

        assertThat(receivers.bodies("w")).containsExactly("i1");
    }

    @Test
    void close_keepsWhatWasDeliveredLast() {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        log.append("sandbox.created", "a", START);
        loop.run(Duration.ofMillis(10));
        close();
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void backlog_ofAChangeThatIsTakenBack_isStillDelivered(boolean delete) throws IOException {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        receivers.answers.put("w", attempt -> FakeReceivers.Answer.soon(FakeReceivers.DOWN));
        log.append("sandbox.created", "a", START);
        loop.run(Duration.ofMillis(10));
        Files.createDirectories(directory.resolve("webhooks.json.new/in-the-way"));
        CompletionStage<?> change = delete
                ? webhooks.delete("a", "w")
                : webhooks.change("a", "w", each -> each.disabled("x"));
        loop.run();
        assertThat(change.toCompletableFuture()).isCompletedExceptionally();
        receivers.answers.clear();
        loop.run(Duration.ofMinutes(1));

        assertThat(receivers.bodies("w")).containsOnly("i1");
        assertThat(await(webhooks.deliveries("w")).delivered()).isEqualTo(1);
    }

    @Test
    void changes_atOnce_thatCannotBeKept_areAllTakenBack() throws IOException {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        Files.createDirectories(directory.resolve("webhooks.json.new/in-the-way"));
        CompletionStage<Optional<Webhook>> first = webhooks.change("a", "w", each -> each.disabled("first"));
        CompletionStage<Optional<Webhook>> second = webhooks.change("a", "w", each -> each.disabled("second"));
        loop.run();

        assertThat(first.toCompletableFuture()).isCompletedExceptionally();
        assertThat(second.toCompletableFuture()).isCompletedExceptionally();
        assertThat(await(webhooks.list("a"))).containsExactly(DeliveryRig.webhook("w", "a"));
    }

    @Test
    void newsOfAnotherReplica_outliveAChangeThatIsTakenBack() throws IOException {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        Files.createDirectories(directory.resolve("webhooks.json.new/in-the-way"));
        CompletionStage<Optional<Webhook>> changed = webhooks.change("a", "w", each -> each.disabled("here"));
        webhooks.exchange(news(DeliveryRig.webhook("w", "a").disabled("there"), 9));
        loop.run();

        assertThat(changed.toCompletableFuture()).isCompletedExceptionally();
        assertThat(await(webhooks.find("a", "w")).orElseThrow().disabledReason()).isEqualTo("there");
    }

    @Test
    void newsAndCalls_beforeWhatIsKeptWasRead_waitForIt() {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        loop.run(Duration.ofSeconds(5));
        log.append("sandbox.created", "a", START);
        open(task -> loop.execute(task));
        webhooks.start();
        CompletionStage<List<Webhook>> listed = webhooks.list("a");
        webhooks.exchange(news(DeliveryRig.webhook("w", "a"), 9));
        loop.run(Duration.ofSeconds(5));

        assertThat(listed.toCompletableFuture().join()).hasSize(1);
        assertThat(receivers.bodies("w")).containsExactly("i1");
    }

    @Test
    void close_beforeWhatIsKeptWasRead_leavesItAsItIs() {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        loop.run(Duration.ofSeconds(5));
        log.append("sandbox.created", "a", START);
        List<Runnable> reading = new ArrayList<>();
        open(task -> {
            if (reading.isEmpty()) {
                reading.add(task);
            } else {
                loop.execute(task);
            }
        });
        webhooks.start();
        CompletionStage<List<Webhook>> listed = webhooks.list("a");
        close();
        assertThat(listed.toCompletableFuture()).isCompletedExceptionally();
        reading.getFirst().run();
        loop.run(Duration.ofSeconds(5));
        assertThat(receivers.got).isEmpty();
        start();
        loop.run(Duration.ofSeconds(5));

        assertThat(receivers.bodies("w")).containsExactly("i1");
    }

    @Test
    void news_afterTheEnd_loseNoBacklog() {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        receivers.answers.put("w", attempt -> FakeReceivers.Answer.soon(FakeReceivers.DOWN));
        log.append("sandbox.created", "a", START);
        loop.run(Duration.ofMillis(10));
        close();
        webhooks.exchange(news(DeliveryRig.webhook("w", "a"), 9));
        loop.run(Duration.ofSeconds(5));
        start();
        loop.run(Duration.ofSeconds(5));

        assertThat(receivers.bodies("w")).containsExactly("i1");
    }

    @Test
    void progress_ofAWebhookThatOnlyOthersKnow_waitsForIt() throws IOException {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        loop.run(Duration.ofSeconds(5));
        log.append("sandbox.created", "a", START);
        Files.delete(directory.resolve("webhooks.json"));
        start();
        await(webhooks.create(DeliveryRig.webhook("v", "b")));
        loop.run(Duration.ofSeconds(5));
        start();
        webhooks.exchange(news(DeliveryRig.webhook("w", "a"), 1));
        loop.run(Duration.ofSeconds(5));

        assertThat(receivers.bodies("w")).containsExactly("i1");
    }

    @Test
    void progress_ofAWebhookThatNobodyKnows_isDroppedWithItsPartOfTheLog() throws IOException {
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
        IntStream.range(0, 3).forEach(i -> log.append("sandbox.created", "a", START));
        Files.delete(directory.resolve("webhooks.json"));
        log.trim(3);
        start();
        await(webhooks.create(DeliveryRig.webhook("v", "b")));
        loop.run(Duration.ofSeconds(5));

        assertThat(Files.readString(directory.resolve("progress.json"))).contains("\"v\"").doesNotContain("\"w\"");
    }

    @Test
    void fileOfAnotherForm_isPutAside() throws IOException {
        Files.writeString(directory.resolve("progress.json"),
                "{\"version\":1,\"webhooks\":{\"w\":{\"cursor\":\"e1:0\",\"failingSince\":\"yesterday\"}}}");
        start();

        assertThat(directory.resolve("progress.json.unreadable")).exists();
        await(webhooks.create(DeliveryRig.webhook("w", "a")));
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
        open(task -> loop.execute(task));
        await(webhooks.start());
    }

    private void open(Executor workers) {
        loop = new VirtualLoop(0);
        receivers = new FakeReceivers(loop);
        VirtualLoop own = loop;
        webhooks = new Webhooks(WebhookSettings.DEFAULT, new Webhooks.Environment("r1", new Guarded(own), log,
                new Nobody(), receivers, DeliveryRig::body, new Random(1), () -> START.plusNanos(own.nanoTime()),
                workers, directory, new SimpleMeterRegistry()));
    }

    private void close() {
        VirtualLoop own = loop;
        CompletableFuture<Void> closed = CompletableFuture.runAsync(webhooks::close);
        while (!closed.isDone()) {
            synchronized (own) {
                own.run(Duration.ofMillis(1));
            }
            Thread.onSpinWait();
        }
    }

    /// What another replica tells of a webhook.
    private static JsonObject news(Webhook webhook, long version) {
        return new JsonObject().put("records", WebhookJson
                .write(List.of(new WebhookRecord(webhook.id(), version, "r2", START, Optional.of(webhook)))));
    }

    private <T> T await(CompletionStage<T> stage) {
        loop.run(Duration.ofMillis(1));
        return stage.toCompletableFuture().join();
    }

    /// Takes what others than its own thread hand over while it runs.
    private record Guarded(VirtualLoop loop) implements Loop {
        @Override
        public void execute(Runnable action) {
            synchronized (loop) {
                loop.execute(action);
            }
        }

        @Override
        public Timer after(Duration delay, Runnable action) {
            return loop.after(delay, action);
        }

        @Override
        public long nanoTime() {
            return loop.nanoTime();
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
