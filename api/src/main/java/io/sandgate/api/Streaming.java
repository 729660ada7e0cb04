package io.sandgate.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.api.settings.Settings;
import io.sandgate.api.stream.EventsPeerApi;
import io.sandgate.api.stream.source.HistoryFollower;
import io.sandgate.api.stream.source.LifecycleHistory;
import io.sandgate.api.stream.source.Sources;
import io.sandgate.gateway.stream.log.EventLog;
import io.sandgate.gateway.stream.replicate.HttpParcels;
import io.sandgate.gateway.stream.replicate.Intake;
import io.sandgate.gateway.stream.replicate.Replication;
import io.sandgate.gateway.stream.replicate.ReplicationSettings;
import io.sandgate.gateway.stream.serve.Identity;
import io.sandgate.gateway.stream.serve.Subscribers;
import io.sandgate.membership.Membership;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.replicate.Loop;
import io.sandgate.proxy.replicate.VertxLoop;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The event log of a replica with what feeds it, what copies it, and who follows it, wired together.
final class Streaming implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(Streaming.class);
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Duration PEER_CONNECT = Duration.ofSeconds(1);
    private static final Duration COMPARED = Duration.ofSeconds(10);
    private static final Duration REVOKE = Duration.ofSeconds(1);
    private static final Duration DRAIN = Duration.ofMillis(800);

    private final Vertx vertx;
    private final String self;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final Stopping stopping = new Stopping();
    private final Loop loop;
    private final ExecutorService workers;
    private final EventLog log;
    private final Sources sources;
    private final LifecycleHistory history;
    private final Subscribers subscribers;

    Streaming(Vertx vertx, Settings settings, RouteTable routes, InstantSource clock, RandomGenerator random,
            MeterRegistry meters) {
        ModuleSettings modules = new ModuleSettings(settings);
        this.vertx = vertx;
        this.self = settings.replica().id();
        this.random = random;
        this.clock = clock;
        this.meters = meters;
        this.loop = new VertxLoop(vertx, ((VertxInternal) vertx).createEventLoopContext());
        this.workers = stopping.close("workers", Executors.newVirtualThreadPerTaskExecutor());
        this.log = stopping.close("event log", EventLog.open(self, settings.replica().dataDirectory().resolve("events"),
                modules.eventLog(), Streaming::bootId, random, System::nanoTime, meters));
        this.sources = new Sources(self, log, routes, modules.sandboxes().templates(), clock, workers, meters);
        this.history = new LifecycleHistory(settings.events().history(), meters);
        stopping.close("history", HistoryFollower.start(log, history, workers, meters));
        this.subscribers = new Subscribers(vertx, log, self, modules.stream(), workers, meters);
        routes.onChange(sources.routes());
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            logger.info("events.boot_unknown error=\"{}\" (after a stop that was not clean the log begins anew)",
                    e.toString());
            return "";
        }
    }

    EventLog log() {
        return log;
    }

    Sources sources() {
        return sources;
    }

    LifecycleHistory history() {
        return history;
    }

    Subscribers subscribers() {
        return subscribers;
    }

    ExecutorService workers() {
        return workers;
    }

    Loop loop() {
        return loop;
    }

    /// Hears of the members from now on.
    void follow(Membership membership) {
        Following.follow(membership, sources.members());
    }

    /// What takes the events of the others.
    EventsPeerApi intake(Membership membership) {
        return new EventsPeerApi(new Intake(log, log, log,
                id -> !id.equals(self) && membership.members().stream().anyMatch(member -> member.id().equals(id)),
                loop,
                workers, clock, meters));
    }

    /// Tells the log what there is, now that it was found, and the others what is in the log.
    ///
    /// @param incarnation the first one of this process
    /// @param isKeyValid whether the key of a team with that id is still good
    void begin(Membership membership, HttpClientOptions transport, long incarnation,
            BiPredicate<String, String> isKeyValid) {
        loop.execute(() -> revokeLater(isKeyValid));
        // a peer ends what it is not told of
        Stages.awaitQuietly(sources.assertState(log), COMPARED);
        log.onLost(sources::assertState);
        HttpParcels parcels = stopping.close("parcels",
                new HttpParcels(vertx, transport, self, HttpPeers.SENDER, PEER_CONNECT));
        Replication replication = stopping.close("replication", new Replication(self, incarnation,
                ReplicationSettings.DEFAULT, log, parcels, loop, workers, random, meters));
        Following.follow(membership, replication::onChange);
    }

    /// Whose key was revoked gets no more than what he got until the next look.
    private void revokeLater(BiPredicate<String, String> isKeyValid) {
        loop.after(REVOKE, () -> {
            subscribers.revoke(
                    who -> !who.equals(Identity.OPERATOR) && !isKeyValid.test(who.team(), who.keyId()));
            revokeLater(isKeyValid);
        });
    }

    /// Ends all subscriptions, each with its place to go on from.
    void drain() {
        Stages.awaitQuietly(subscribers.drain(DRAIN), DRAIN.multipliedBy(2));
    }

    @Override
    public void close() {
        stopping.stop();
    }
}
