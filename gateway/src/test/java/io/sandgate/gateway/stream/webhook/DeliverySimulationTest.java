package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.webhook.FakeReceivers.Answer;
import io.sandgate.gateway.stream.webhook.FakeReceivers.Got;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Receivers that fail, stall and come back, and a replica that restarts: each event gets to each webhook that wants it, in
/// order.
class DeliverySimulationTest {
    private static final int SEEDS = 25;
    private static final int STEPS = 150;
    private static final List<String> KINDS = List.of("sandbox.created", "sandbox.updated", "sandbox.killed",
            "route.changed");

    @Test
    void events_reachAllWhoWantThem_inOrderAndUnderOneId() {
        for (long seed = 0; seed < SEEDS; seed++) {
            new World(seed).run();
        }
    }

    private static final class World {
        final long seed;
        final Random random;
        final DeliveryRig rig;
        final List<Webhook> webhooks = new ArrayList<>();
        final Map<String, List<String>> wanted = new HashMap<>();
        final Map<String, List<String>> taken = new HashMap<>();

        World(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            // patient enough that nothing is given up
            this.rig = new DeliveryRig(new DeliverySettings(Duration.ofSeconds(10), 1_000, Duration.ofDays(1),
                    Duration.ofSeconds(1), Duration.ofSeconds(20), 6, 3, 2, 0.2, 1, Duration.ofDays(9)), seed);
        }

        void run() {
            for (int i = 0; i < 1 + random.nextInt(12); i++) {
                Webhook webhook = DeliveryRig.webhook("w" + i, "team" + random.nextInt(4));
                webhooks.add(webhook);
                wanted.put(webhook.id(), new ArrayList<>());
                taken.put(webhook.id(), new ArrayList<>());
                double health = random.nextDouble();
                rig.receivers.answers.put(webhook.id(), answering(webhook.id(), health));
            }
            rig.use(webhooks.toArray(Webhook[]::new));
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            webhooks.forEach(webhook -> rig.receivers.answers.put(webhook.id(), answering(webhook.id(), 1)));
            rig.run(Duration.ofHours(2));
            check();
        }

        private Function<Attempt, Answer> answering(String id, double health) {
            return attempt -> {
                boolean well = random.nextDouble() < health;
                if (well) {
                    Objects.requireNonNull(taken.get(id)).add(attempt.body().toString());
                }
                int kind = random.nextInt(10);
                Duration time = kind == 0
                        ? Duration.ofSeconds(-1)
                        : kind < 3 ? Duration.ofMillis(random.nextInt(15_000)) : Duration.ofMillis(5);
                return new Answer(well ? FakeReceivers.OK : FakeReceivers.DOWN, time);
            };
        }

        private void step() {
            int choice = random.nextInt(20);
            if (choice < 12) {
                String team = "team" + random.nextInt(5);
                Entry entry = rig.log.append(random.nextInt(4) == 0 ? "r2" : "r1",
                        KINDS.get(random.nextInt(KINDS.size())), team, rig.clock.instant());
                webhooks.stream().filter(webhook -> new Lane("r1", webhook).wants(entry))
                        .forEach(webhook -> Objects.requireNonNull(wanted.get(webhook.id()))
                                .add(entry.event().sandbox()));
            } else if (choice < 18) {
                rig.run(Duration.ofMillis(random.nextInt(8_000)));
            } else if (choice == 18) {
                rig.log.store(1 + random.nextInt((int) rig.log.extent().tip() + 1));
            } else {
                rig.restart(webhooks, ProgressJson.read(ProgressJson.write(rig.deliveries.progress())));
            }
        }

        private void check() {
            for (Webhook webhook : webhooks) {
                String id = webhook.id();
                List<String> first = List.copyOf(new LinkedHashSet<>(taken.get(id)));
                assertThat(first).as("seed %s, webhook %s", seed, id).isEqualTo(wanted.get(id));
                Map<String, Set<String>> ids = new HashMap<>();
                rig.receivers.got.stream().filter(got -> got.webhook().equals(id)).forEach(
                        got -> ids.computeIfAbsent(got.body(), body -> new HashSet<>()).add(got.delivery()));
                assertThat(ids.values()).as("seed %s", seed).allMatch(each -> each.size() == 1);
                assertThat(rig.receivers.got.stream().filter(got -> got.webhook().equals(id)).map(Got::body).distinct())
                        .as("seed %s: begun in order", seed).containsExactlyElementsOf(wanted.get(id));
            }
        }
    }
}
