package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.shard.VirtualLoop;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Replicas that change the same webhooks while messages are lost, late and out of order: in the end all know the same, and
/// nothing that was deleted last comes back.
class ExchangeSimulationTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void books_becomeTheSame() {
        for (int run = 0; run < 40; run++) {
            long seed = run;
            World world = new World(seed);
            world.run();
            List<String> digests = world.nodes.stream().map(node -> node.book.digest()).distinct().toList();
            assertThat(digests).as("seed %s", seed).hasSize(1);
            world.deletedLast.forEach((id, gone) -> assertThat(world.nodes.getFirst().book.find(id).isEmpty())
                    .as("seed %s, %s", seed, id).isEqualTo(gone));
        }
    }

    @Test
    void sameBooks_exchangeDigestsOnly() {
        World world = new World(7);
        world.run();
        world.records = 0;
        world.loop.run(Duration.ofMinutes(5));
        assertThat(world.records).isZero();
    }

    @Test
    void change_isKnownToAllAtOnce() {
        World world = new World(3);
        world.loss = 0;
        world.nodes.forEach(node -> node.exchange.start());
        world.loop.run();
        Node first = world.nodes.getFirst();
        first.exchange.push(List.of(first.book.put(DeliveryRig.webhook("w", "a"))));
        world.loop.run(Duration.ofMillis(150));
        assertThat(world.nodes).allMatch(node -> node.book.find("w").isPresent());
    }

    @Test
    void comparison_helpsBothSides() {
        World world = new World(3);
        world.loss = 0;
        Node first = world.nodes.getFirst();
        first.book.put(DeliveryRig.webhook("w", "a"));
        first.exchange.start();
        world.loop.run(Duration.ofSeconds(2));
        assertThat(world.nodes).allMatch(node -> node.book.find("w").isPresent());
    }

    @Test
    void joiner_knowsAllWhenItHasStarted() {
        World world = new World(3);
        world.loss = 0;
        Node first = world.nodes.getFirst();
        for (int i = 0; i < 600; i++) {
            first.book.put(DeliveryRig.webhook("w" + i, "a"));
        }
        Node joiner = world.nodes.getLast();
        CompletionStage<Void> started = joiner.exchange.start();
        world.loop.run(Duration.ofSeconds(2));
        assertThat(started.toCompletableFuture()).isCompleted();
        assertThat(joiner.book.digest()).isEqualTo(first.book.digest());
    }

    private static final class Node implements WebhookPeers {
        final String id;
        final World world;
        final WebhookBook book;
        final Exchange exchange;

        Node(String id, World world) {
            this.id = id;
            this.world = world;
            this.book = new WebhookBook(id, world::now, 1_000);
            this.exchange = new Exchange(world.loop, book, this, world.random, news -> {});
        }

        @Override
        public List<String> members() {
            return world.nodes.stream().map(node -> node.id).filter(other -> !other.equals(id)).toList();
        }

        @Override
        public CompletionStage<JsonObject> exchange(String member, JsonObject body, Duration timeout) {
            return world.send(member, body);
        }
    }

    private static final class World {
        final Random random;
        final VirtualLoop loop = new VirtualLoop(0);
        final List<Node> nodes = new ArrayList<>();
        /// Whether what was last done to a webhook, when all knew of what was done before, was to delete it.
        final Map<String, Boolean> deletedLast = new HashMap<>();
        double loss = 0.4;
        int records;

        World(long seed) {
            random = new Random(seed);
            for (int i = 0; i < 2 + random.nextInt(4); i++) {
                nodes.add(new Node("r" + i, this));
            }
        }

        Instant now() {
            return START.plusNanos(loop.nanoTime());
        }

        void run() {
            nodes.forEach(node -> node.exchange.start());
            for (int step = 0; step < 60; step++) {
                change("w" + random.nextInt(6));
                loop.run(Duration.ofMillis(random.nextInt(4_000)));
            }
            loss = 0;
            loop.run(Duration.ofMinutes(5));
            for (int i = 0; i < 6; i++) {
                change("w" + i);
                loop.run(Duration.ofMinutes(2));
            }
        }

        private void change(String webhook) {
            Node node = nodes.get(random.nextInt(nodes.size()));
            boolean delete = random.nextInt(3) == 0;
            if (delete) {
                node.book.delete(webhook).ifPresent(record -> node.exchange.push(List.of(record)));
            } else {
                node.exchange.push(List.of(node.book.put(DeliveryRig.webhook(webhook, "team" + random.nextInt(3)))));
            }
            deletedLast.put(webhook, delete);
        }

        CompletionStage<JsonObject> send(String member, JsonObject body) {
            CompletableFuture<JsonObject> answered = new CompletableFuture<>();
            records += body.getJsonArray("records") == null ? 0 : body.getJsonArray("records").size();
            if (random.nextDouble() < loss) {
                loop.after(Duration.ofSeconds(2),
                        () -> answered.completeExceptionally(new IllegalStateException("lost")));
                return answered;
            }
            String wire = body.encode();
            loop.after(Duration.ofMillis(random.nextInt(100)), () -> {
                Node node = nodes.stream().filter(each -> each.id.equals(member)).findFirst().orElseThrow();
                String answer = node.exchange.answer(new JsonObject(wire)).encode();
                loop.after(Duration.ofMillis(random.nextInt(100)), () -> answered.complete(new JsonObject(answer)));
            });
            return answered;
        }
    }
}
