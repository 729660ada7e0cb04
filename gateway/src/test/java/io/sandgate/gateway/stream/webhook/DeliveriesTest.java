package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.webhook.FakeReceivers.Answer;
import io.sandgate.gateway.stream.webhook.FakeReceivers.Got;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeliveriesTest {
    private static final Duration SOON = Duration.ofMillis(100);
    private final DeliveryRig rig = new DeliveryRig();

    @Test
    void events_ofTheTeamOnThisReplica_areDeliveredInOrder() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.happen("sandbox.created", "a");
        rig.happen("sandbox.created", "b");
        rig.log.append("r2", "sandbox.created", "a", DeliveryRig.START);
        rig.happen("route.changed", "a");
        rig.happen("sandbox.killed", "a");
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w")).containsExactly("i1", "i5");
        assertThat(rig.place("w")).isEqualTo(new Cursor("e1", 5));
        assertThat(rig.count("delivered")).isEqualTo(2);
    }

    @Test
    void types_thatWereNotAskedFor_areNotDelivered() {
        Webhook all = DeliveryRig.webhook("w", "a");
        rig.use(new Webhook("w", "a", "name", all.url(), true, "", Set.of(EventType.KILLED), "s", all.createdAt()));
        rig.happen("sandbox.created", "a");
        rig.happen("sandbox.killed", "a");
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w")).containsExactly("i2");
    }

    @Test
    void webhook_thatIsNew_beginsWithWhatHappensFromThenOn() {
        rig.happen("sandbox.created", "a");
        rig.run(SOON);
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.happen("sandbox.killed", "a");
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w")).containsExactly("i2");
    }

    @Test
    void failure_thatCanPass_isTriedAgainUnderTheSameIdBeforeWhatFollows() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w",
                attempt -> Answer.soon(attempt.number() < 3 ? FakeReceivers.DOWN : FakeReceivers.OK));
        rig.happen("sandbox.created", "a");
        rig.happen("sandbox.killed", "a");
        rig.run(Duration.ofMinutes(5));

        assertThat(rig.receivers.bodies("w")).containsExactly("i1", "i1", "i1", "i2", "i2", "i2");
        assertThat(rig.receivers.got.subList(0, 3).stream().map(Got::delivery).distinct()).hasSize(1);
        assertThat(rig.receivers.got.stream().map(Got::delivery).distinct()).hasSize(2);
        assertThat(rig.deliveries.view("w").failures()).isZero();
        assertThat(rig.deliveries.view("w").failingSince()).isNull();
    }

    @Test
    void waits_growAndAreBounded() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        rig.happen("sandbox.created", "a");
        rig.run(Duration.ofHours(1));

        List<Long> at = rig.receivers.got.stream().map(Got::at).toList();
        assertThat(at).hasSize(8);
        for (int i = 1; i < at.size(); i++) {
            Duration bound = Duration.ofSeconds(Math.min(300, 5L << (i - 1)));
            assertThat(Duration.ofNanos(at.get(i) - at.get(i - 1))).isBetween(bound.dividedBy(2), bound.plusMillis(1));
        }
        assertThat(at.getLast() - at.getFirst()).isLessThanOrEqualTo(Duration.ofMinutes(15).toNanos());
    }

    @Test
    void receiver_thatAsksForTime_getsIt() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> Answer.soon(attempt.number() == 1
                ? new Outcome.Failed("answered 429", Duration.ofMinutes(2))
                : FakeReceivers.OK));
        rig.happen("sandbox.created", "a");
        rig.run(Duration.ofSeconds(119));
        assertThat(rig.receivers.got).hasSize(1);
        rig.run(Duration.ofSeconds(2));
        assertThat(rig.receivers.got).hasSize(2);
    }

    @Test
    void refusal_isNotTriedAgain() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.BAD));
        rig.happen("sandbox.created", "a");
        rig.happen("sandbox.killed", "a");
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w")).containsExactly("i1", "i2");
        assertThat(rig.deliveries.view("w").refused()).isEqualTo(2);
        assertThat(rig.deliveries.view("w").lastError()).isEqualTo("answered 400");
        assertThat(rig.count("refused")).isEqualTo(2);
    }

    @Test
    void receiver_thatIsDown_getsOneAttemptForEachFurtherEventUntilItIsBack() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        IntStream.range(0, 8).forEach(i -> rig.happen("sandbox.updated", "a"));
        rig.run(Duration.ofMinutes(22));
        assertThat(rig.receivers.bodies("w").stream().filter("i1"::equals)).hasSize(8);
        assertThat(rig.receivers.bodies("w").stream().filter("i2"::equals)).hasSize(1);

        rig.receivers.answers.remove("w");
        rig.run(Duration.ofMinutes(40));
        assertThat(rig.receivers.bodies("w")).contains("i7", "i8");
        assertThat(rig.deliveries.view("w").givenUp() + rig.deliveries.view("w").delivered()).isEqualTo(8);
        assertThat(rig.count("given_up")).isBetween(2.0, 7.0);
    }

    @Test
    void webhook_thatFailsForADay_isDisabledWithTheReason() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        for (int hour = 0; hour < 23; hour++) {
            rig.happen("sandbox.updated", "a");
            rig.run(Duration.ofHours(1));
        }
        assertThat(rig.disabled).isEmpty();
        for (int hour = 0; hour < 2; hour++) {
            rig.happen("sandbox.updated", "a");
            rig.run(Duration.ofHours(1));
        }
        assertThat(rig.disabled.getFirst()).startsWith("w nothing could be delivered since 2026-01-01T00:00:00")
                .endsWith("answered 503");
    }

    @Test
    void success_beginsTheDayAnew() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        for (int hour = 0; hour < 40; hour++) {
            Outcome outcome = hour == 20 ? FakeReceivers.OK : FakeReceivers.DOWN;
            rig.receivers.answers.put("w", attempt -> Answer.soon(outcome));
            rig.happen("sandbox.updated", "a");
            rig.run(Duration.ofHours(1));
        }
        assertThat(rig.disabled).isEmpty();
    }

    @Test
    void failures_daysApart_countForNothingTogether() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        for (int event = 0; event < 3; event++) {
            rig.happen("sandbox.updated", "a");
            rig.run(Duration.ofDays(3));
        }

        assertThat(rig.disabled).isEmpty();
        assertThat(rig.receivers.got.stream().map(Got::number)).filteredOn(number -> number == 8).hasSize(3);
    }

    @Test
    void failures_daysApart_countForNothingTogetherAfterARestart() {
        List<Webhook> webhooks = List.of(DeliveryRig.webhook("w", "a"));
        rig.use(webhooks.getFirst());
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        rig.happen("sandbox.created", "a");
        rig.run(Duration.ofDays(3));
        rig.restart(webhooks, ProgressJson.read(ProgressJson.write(rig.deliveries.progress())));
        rig.happen("sandbox.killed", "a");
        rig.run(Duration.ofHours(1));

        assertThat(rig.disabled).isEmpty();
        assertThat(rig.deliveries.view("w").failures()).isEqualTo(8);
        assertThat(rig.deliveries.view("w").failingSince()).isAfter(DeliveryRig.START.plus(Duration.ofDays(3)));
    }

    @Test
    void failures_withinADay_countTogetherAfterARestart() {
        List<Webhook> webhooks = List.of(DeliveryRig.webhook("w", "a"));
        rig.use(webhooks.getFirst());
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        rig.happen("sandbox.created", "a");
        rig.run(Duration.ofHours(23));
        rig.happen("sandbox.updated", "a");
        rig.run(Duration.ofHours(2));
        rig.restart(webhooks, ProgressJson.read(ProgressJson.write(rig.deliveries.progress())));
        rig.happen("sandbox.killed", "a");
        rig.run(Duration.ofHours(1));

        assertThat(rig.disabled).isNotEmpty();
    }

    @Test
    void webhooks_thatAreSlow_delayNoOther() {
        Webhook[] all = IntStream.range(0, 40)
                .mapToObj(i -> DeliveryRig.webhook(i < 39 ? "slow" + i : "fast", "team" + i)).toArray(Webhook[]::new);
        rig.use(all);
        for (int i = 0; i < 39 * 20; i++) {
            rig.receivers.answers.put("slow" + i % 39, attempt -> new Answer(FakeReceivers.OK, Duration.ofSeconds(9)));
            rig.happen("sandbox.created", "team" + i % 39);
        }
        rig.run(Duration.ofMinutes(1));
        rig.happen("sandbox.created", "team39");
        rig.run(SOON);

        assertThat(rig.receivers.bodies("fast")).hasSize(1);
        assertThat(rig.receivers.mostInFlight).isEqualTo(16);
    }

    @Test
    void event_thatComesWhileTheLogIsFoundRead_isNotMissed() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.log.atTip = () -> rig.happen("sandbox.killed", "a");
        rig.happen("sandbox.created", "a");
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w")).containsExactly("i1", "i2");
    }

    @Test
    void team_withManySlowWebhooks_leavesSlotsToOthers() {
        Webhook[] all = IntStream.range(0, 21).mapToObj(i -> DeliveryRig.webhook("w" + i, i < 20 ? "greedy" : "other"))
                .toArray(Webhook[]::new);
        rig.use(all);
        IntStream.range(0, 20).forEach(i -> rig.receivers.answers.put("w" + i,
                attempt -> new Answer(FakeReceivers.OK, Duration.ofSeconds(9))));
        rig.happen("sandbox.created", "greedy");
        rig.run(SOON);
        rig.happen("sandbox.created", "other");
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w20")).hasSize(1);
        assertThat(rig.receivers.mostInFlight).isEqualTo(5);
        rig.run(Duration.ofMinutes(2));
        assertThat(rig.receivers.got).hasSize(21);
    }

    @Test
    void answer_thatNeverComes_givesItsSlotBack() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> attempt.number() == 1
                ? new Answer(FakeReceivers.OK, Duration.ofSeconds(-1))
                : Answer.soon(FakeReceivers.OK));
        rig.happen("sandbox.created", "a");
        rig.run(Duration.ofSeconds(30));

        assertThat(rig.receivers.bodies("w")).containsExactly("i1", "i1");
        assertThat(rig.deliveries.view("w").delivered()).isEqualTo(1);
    }

    @Test
    void answer_thatComesTooLate_countsForNothing() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> switch (attempt.body() + " " + attempt.number()) {
            // comes while the second attempt waits for its answer
            case "i1 1" -> new Answer(FakeReceivers.OK, Duration.ofSeconds(18));
            case "i1 2" -> new Answer(FakeReceivers.DOWN, Duration.ofSeconds(5));
            default -> Answer.soon(FakeReceivers.OK);
        });
        rig.happen("sandbox.created", "a");
        rig.happen("sandbox.killed", "a");
        rig.run(Duration.ofSeconds(60));

        assertThat(rig.receivers.bodies("w")).containsExactly("i1", "i1", "i1", "i2");
        assertThat(rig.deliveries.view("w").delivered()).isEqualTo(2);
    }

    @Test
    void webhook_thatReadTheLogBeforeTheScanDid_followsTheScanLater() {
        rig.happen("sandbox.created", "a");
        rig.restartWithoutScan(List.of(), Map.of());
        rig.happen("sandbox.created", "b");
        rig.deliveries.update(List.of(DeliveryRig.webhook("w", "a")),
                Map.of("w", new Progress(new Cursor("e1", 0), null)));
        rig.run(SOON);
        rig.scan();
        rig.run(SOON);
        rig.happen("sandbox.created", "b");
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w")).containsExactly("i1");
        assertThat(rig.place("w")).isEqualTo(new Cursor("e1", 3));
    }

    @Test
    void restart_goesOnWhereItWas_underTheSameIds() {
        List<Webhook> webhooks = List.of(DeliveryRig.webhook("w", "a"));
        rig.use(webhooks.getFirst());
        rig.happen("sandbox.created", "a");
        rig.run(SOON);
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        rig.happen("sandbox.killed", "a");
        rig.run(SOON);
        Map<String, Progress> kept = ProgressJson.read(ProgressJson.write(rig.deliveries.progress()));
        rig.receivers.answers.clear();
        rig.happen("sandbox.created", "a");
        rig.restart(webhooks, kept);
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w")).containsExactly("i1", "i2", "i2", "i3");
        assertThat(rig.receivers.got.get(1).delivery()).isEqualTo(rig.receivers.got.get(2).delivery());
    }

    @Test
    void placeThatIsTooOld_isLeftAndSaid() {
        List<Webhook> webhooks = List.of(DeliveryRig.webhook("w", "a"));
        IntStream.range(0, 10).forEach(i -> rig.happen("sandbox.updated", "a"));
        rig.log.trim(8);
        rig.restart(webhooks, Map.of("w", new Progress(new Cursor("e1", 2), null)));
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w")).containsExactly("i8", "i9", "i10");
        assertThat(rig.deliveries.view("w").skipped()).isEqualTo(5);
        assertThat(rig.count("skipped")).isEqualTo(5);
    }

    @Test
    void place_onDisk_isReadByAWorker() {
        List<Webhook> webhooks = List.of(DeliveryRig.webhook("w", "a"));
        IntStream.range(0, 200).forEach(i -> rig.happen("sandbox.updated", "a"));
        rig.log.store(150);
        rig.restart(webhooks, Map.of("w", new Progress(new Cursor("e1", 0), null)));
        rig.run(Duration.ofSeconds(10));

        assertThat(rig.receivers.bodies("w"))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 200).mapToObj(i -> "i" + i).toList());
    }

    @Test
    void disk_thatCannotBeReadForATime_isReadAgain() {
        List<Webhook> webhooks = List.of(DeliveryRig.webhook("w", "a"));
        IntStream.range(0, 20).forEach(i -> rig.happen("sandbox.updated", "a"));
        rig.log.store(15);
        rig.log.failures = 3;
        rig.restart(webhooks, Map.of("w", new Progress(new Cursor("e1", 0), null)));
        rig.run(Duration.ofSeconds(10));

        assertThat(rig.receivers.bodies("w"))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).mapToObj(i -> "i" + i).toList());
    }

    @Test
    void log_thatWasLost_isFollowedFromItsNewBeginning() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.happen("sandbox.updated", "a");
        rig.run(SOON);
        rig.log.lose("e2");
        rig.happen("sandbox.created", "a");
        rig.happen("sandbox.killed", "a");
        rig.run(SOON);

        assertThat(rig.receivers.bodies("w")).containsExactly("i1", "i1", "i2");
        assertThat(rig.receivers.got.stream().map(Got::delivery).distinct()).hasSize(3);
        assertThat(rig.place("w")).isEqualTo(new Cursor("e2", 2));
    }

    @Test
    void webhook_thatIsDisabled_isNotTriedAgain_andBeginsAnewWhenEnabled() {
        Webhook webhook = DeliveryRig.webhook("w", "a");
        rig.use(webhook);
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        rig.happen("sandbox.created", "a");
        rig.run(SOON);
        rig.use(webhook.disabled("why"));
        rig.happen("sandbox.updated", "a");
        rig.run(Duration.ofHours(1));
        assertThat(rig.receivers.got).hasSize(1);

        rig.receivers.answers.clear();
        rig.use(webhook);
        rig.happen("sandbox.killed", "a");
        rig.run(SOON);
        assertThat(rig.receivers.bodies("w")).containsExactly("i1", "i3");
    }

    @Test
    void urlThatWasPutRight_isTriedAtOnce() {
        Webhook webhook = DeliveryRig.webhook("w", "a");
        rig.use(webhook);
        rig.receivers.answers.put("w", attempt -> Answer.soon(attempt.webhook().url().getPath().equals("/right")
                ? FakeReceivers.OK
                : FakeReceivers.DOWN));
        rig.happen("sandbox.created", "a");
        rig.run(Duration.ofMinutes(1));
        int before = rig.receivers.got.size();
        rig.use(new Webhook("w", "a", "name", URI.create("https://receiver.test/right"), true, "", webhook.events(),
                "secret", webhook.createdAt()));
        rig.run(SOON);

        assertThat(rig.receivers.got).hasSize(before + 1);
        assertThat(rig.deliveries.view("w").delivered()).isEqualTo(1);
    }

    @Test
    void retries_ofAllTogether_stayWithinTheirBudget() {
        Webhook[] all = IntStream.range(0, 200).mapToObj(i -> DeliveryRig.webhook("w" + i, "team" + i))
                .toArray(Webhook[]::new);
        rig.use(all);
        for (int i = 0; i < 200; i++) {
            rig.receivers.answers.put("w" + i, attempt -> Answer.soon(FakeReceivers.DOWN));
            rig.happen("sandbox.created", "team" + i);
        }
        rig.run(Duration.ofMinutes(3));

        long retries = rig.receivers.got.stream().filter(got -> got.number() > 1).count();
        assertThat(retries).isBetween(180L, 20 + 40 + 180L);
        assertThat(rig.registry.get("sandgate.webhooks.retries").tag("outcome", "postponed").counter().count())
                .isPositive();
    }

    @Test
    void event_withoutABudgetForItsRetries_isGivenUpInTheEnd() {
        DeliverySettings poor = new DeliverySettings(Duration.ofSeconds(10), 8, Duration.ofMinutes(15),
                Duration.ofSeconds(5), Duration.ofMinutes(5), 16, 8, 4, 0, 0.001, Duration.ofDays(1));
        DeliveryRig crowd = new DeliveryRig(poor, 1);
        Webhook[] all = IntStream.range(0, 100).mapToObj(i -> DeliveryRig.webhook("w" + i, "team" + i))
                .toArray(Webhook[]::new);
        crowd.use(all);
        for (int i = 0; i < 100; i++) {
            crowd.receivers.answers.put("w" + i, attempt -> Answer.soon(FakeReceivers.DOWN));
            crowd.happen("sandbox.created", "team" + i);
        }
        crowd.run(Duration.ofHours(2));

        assertThat(crowd.count("given_up")).isEqualTo(100);
    }

    @Test
    void lag_isTheAgeOfTheOldestEventThatWaits() {
        rig.use(DeliveryRig.webhook("w", "a"));
        rig.receivers.answers.put("w", attempt -> Answer.soon(FakeReceivers.DOWN));
        rig.happen("sandbox.created", "a");
        rig.run(Duration.ofSeconds(60));
        assertThat(rig.registry.get("sandgate.webhooks.lag").gauge().value()).isBetween(59.0, 61.0);

        rig.receivers.answers.clear();
        rig.run(Duration.ofMinutes(10));
        assertThat(rig.registry.get("sandgate.webhooks.lag").gauge().value()).isZero();
    }
}
