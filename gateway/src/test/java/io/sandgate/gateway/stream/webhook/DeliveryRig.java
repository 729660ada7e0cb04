package io.sandgate.gateway.stream.webhook;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/// The deliveries of replica `r1` over a log and receivers in memory.
final class DeliveryRig implements Deliveries.Listener {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final VirtualLoop loop = new VirtualLoop(0);
    final InstantSource clock = () -> START.plusNanos(loop.nanoTime());
    final FakeLog log = new FakeLog();
    final FakeReceivers receivers = new FakeReceivers(loop);
    final List<String> disabled = new ArrayList<>();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Random random;
    final DeliverySettings settings;
    int progressed;
    Deliveries deliveries;
    private Runnable end;

    DeliveryRig(DeliverySettings settings, long seed) {
        this.settings = settings;
        this.random = new Random(seed);
        this.deliveries = make();
        this.end = deliveries.scan().start(log);
    }

    DeliveryRig() {
        this(DeliverySettings.DEFAULT, 1);
    }

    private Deliveries make() {
        WebhookMeters meters = new WebhookMeters(registry, clock);
        return new Deliveries(loop, "r1", new LogReads(loop, log, loop),
                new Sending(loop, clock, random, settings, receivers, DeliveryRig::body, meters), new Slots(settings),
                meters, this);
    }

    /// As after a restart: all is gone but what is kept.
    void restart(List<Webhook> webhooks, Map<String, Progress> kept) {
        restartWithoutScan(webhooks, kept);
        scan();
    }

    /// The same, while the log is not yet followed.
    void restartWithoutScan(List<Webhook> webhooks, Map<String, Progress> kept) {
        end.run();
        deliveries.close();
        deliveries = make();
        deliveries.update(webhooks, kept);
    }

    void scan() {
        end = deliveries.scan().start(log);
    }

    void use(Webhook... webhooks) {
        deliveries.update(List.of(webhooks), Map.of());
        loop.run();
    }

    Entry happen(String kind, String team) {
        return log.append(kind, team, clock.instant());
    }

    void run(Duration time) {
        loop.run(time);
    }

    Cursor place(String webhook) {
        return Objects.requireNonNull(deliveries.progress().get(webhook)).cursor();
    }

    double count(String outcome) {
        return registry.find("sandgate.webhooks.deliveries").tag("outcome", outcome).counters().stream()
                .mapToDouble(counter -> counter.count()).sum();
    }

    static Buffer body(Entry entry) {
        return Buffer.buffer(entry.event().sandbox());
    }

    static Webhook webhook(String id, String team) {
        return new Webhook(id, team, "name", URI.create("https://receiver.test/" + id), true, "",
                EnumSet.allOf(EventType.class), "secret", START);
    }

    @Override
    public void progressed() {
        progressed++;
    }

    @Override
    public void failedForLong(Webhook webhook, String reason) {
        disabled.add(webhook.id() + " " + reason);
    }
}
