package io.sandgate.api;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sandgate.api.admin.Readiness;
import io.sandgate.api.admin.Readiness.Phase;
import io.sandgate.api.cli.RunningReplica;
import io.sandgate.api.envd.EnvdFace;
import io.sandgate.api.envd.EnvdLimits;
import io.sandgate.api.health.EventLoopProbe;
import io.sandgate.api.health.HealthChecks;
import io.sandgate.api.health.ListenerProbes;
import io.sandgate.api.health.NonceEcho;
import io.sandgate.api.settings.ApiKeys;
import io.sandgate.api.settings.Secret;
import io.sandgate.api.settings.Settings;
import io.sandgate.api.settings.SettingsException;
import io.sandgate.api.settings.TokenSeed;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Incarnation;
import io.sandgate.membership.JGroupsMembership;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.sandgate.membership.MembershipChange;
import io.sandgate.membership.MembershipException;
import io.sandgate.membership.SweepRule;
import io.sandgate.membership.SweepVerdict;
import io.sandgate.membership.trust.Trust;
import io.sandgate.membership.trust.TrustException;
import io.sandgate.proxy.forward.Forwarder;
import io.sandgate.proxy.forward.Waker;
import io.sandgate.proxy.replicate.Sweeper;
import io.sandgate.proxy.replicate.Witnesses.Testimony;
import io.sandgate.sandbox.DataDirectory;
import io.sandgate.sandbox.Records;
import io.sandgate.sandbox.SandboxManager;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.SandboxTokens;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.driver.process.ProcessDriver;
import io.sandgate.sandbox.tenant.KeyRing;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One replica with everything in it, wired together.
///
/// It starts in this order: the listeners are bound, the sandboxes of its last life are found, the peer and the admin
/// listener answer, the cluster is joined, however long that takes, the routes of the peers are fetched, its own are
/// announced, and it is ready. It stops in the reverse order.
final class Replica implements RunningReplica {
    private static final Logger log = LoggerFactory.getLogger(Replica.class);
    /// What peers and tools send is little: one event loop serves it.
    private static final int SIDE_LOOPS = 1;
    /// For the last words of WebSockets whose time is over.
    private static final Duration FAREWELL = Duration.ofMillis(500);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    /// How long an event loop may leave a tick unanswered.
    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(2);
    private static final String PUBLIC = "public";

    private final Settings settings;
    private final ModuleSettings modules;
    private final Stopping stopping;
    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final Readiness readiness = new Readiness();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HealthChecks checks;
    private final Semaphore renewing = new Semaphore(1);
    private final AtomicReference<Membership> joined = new AtomicReference<>();
    private volatile Waker waker = Waker.NONE;
    private final Forwarder forwarder;
    private final Listener publicListener;
    /// Requests to the lifecycle API that came to the public listener over HTTP/2 come on to this one.
    private final Listener lifecycleListener;
    private final Listener peerListener;
    private final Listener adminListener;

    private Replica(Settings settings, ApiKeys keys, Stopping stopping) {
        this.settings = settings;
        this.modules = new ModuleSettings(settings);
        this.stopping = stopping;
        DataDirectory data = stopping.close("data directory", DataDirectory.open(settings.replica().dataDirectory()));
        stopping.add("machine meters", MachineMeters.bind(meters)::close);
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        stopping.add("event loops", () -> within(CLOSE, vertx.close().toCompletionStage()));
        Optional<Trust> trust = trust();
        PeerLink link = new PeerLink(trust, settings.replica().id(), this::lastKnown);
        Routing routing = Routing.open(vertx, settings.replica().id(), modules, link.toMembers(), this::others,
                this::lastKnown, this::isRoutable, random, meters);
        stopping.close("peer client", routing.peers());
        HttpServerOptions requests = Forwarder.serverOptions(settings.proxy().forward());
        lifecycleListener = Listener.bind(vertx, requests, SIDE_LOOPS, PUBLIC,
                InetAddress.getLoopbackAddress().getHostAddress(), 0);
        SandboxTokens tokens = SandboxTokens.of(tokenSeed());
        forwarder = new Forwarder(vertx, settings.proxy().forward(), routing, paused -> waker.wake(paused),
                tokens::isTraffic,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), lifecycleListener.endpoint().port()), meters,
                System::nanoTime);
        routing.table().onChange(forwarder::changed);
        RouteAddresses addresses = new RouteAddresses();
        routing.table().onChange(addresses);

        HttpServerOptions side = new HttpServerOptions().setHttp2ClearTextEnabled(false);
        peerListener = Listener.bind(vertx, link.listener(side), SIDE_LOOPS, "peer", settings.peer().host(),
                settings.peer().port());
        adminListener = Listener.bind(vertx, side, SIDE_LOOPS, "admin", settings.admin().host(),
                settings.admin().port());
        Optional<PublicTls> publicTls = settings.publicListener().tls().map(files -> new PublicTls(vertx, files));
        publicListener = Listener.bind(vertx, publicTls.map(tls -> tls.apply(requests)).orElse(requests),
                Runtime.getRuntime().availableProcessors(),
                PUBLIC, settings.publicListener().host(), settings.publicListener().port());

        Duration heartbeat = settings.cluster().timers().heartbeat();
        checks = new HealthChecks(heartbeat, System::nanoTime, meters);
        ListenerProbes listeners = new ListenerProbes(vertx, new HttpClientOptions(), HealthChecks.DEADLINE, random);
        ListenerProbes peers = new ListenerProbes(vertx, link.toSelf(), HealthChecks.DEADLINE, random);
        checks.add(EventLoopProbe.of(vertx, heartbeat, LONGEST_BLOCK, System::nanoTime));
        checks.add(peers.of("peer", peerListener.endpoint(), NonceEcho.PATH));
        checks.add(listeners.of("admin", adminListener.endpoint(), NonceEcho.PATH));

        stopping.add("membership", this::leave);
        SandboxSettings sandboxSettings = modules.sandboxes();
        SandboxRoutes announcer = new SandboxRoutes(settings.replica().id(), routing.table(), routing.sync());
        ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        EnvdFace envd = stopping.close("runtimes", new EnvdFace(vertx, workers, EnvdLimits.DEFAULT, clock, random,
                Runtime.getRuntime().availableProcessors(), meters));
        SandboxDriver driver = stopping.close("sandbox driver", ProcessDriver.open(data, sandboxSettings,
                new ProcessDriver.Environment(addresses::contains, envd, clock, random), meters));
        Records records = stopping.close("records", Records.open(data, meters));
        KeyRing ring = KeyRing.open(records.keys(), settings.replica().id(), clock, random, settings.api().maxKeys());
        SandboxManager sandboxes = stopping.close("sandboxes",
                SandboxManager.open(records, sandboxSettings, driver, announcer, tokens, clock, random, meters));
        Membership membership = join(trust, self(Incarnation.next(data.path(), clock)), routing);
        joined.set(membership);
        stopping.add("forwarder", forwarder::close);
        Faces faces = new Faces(settings, keys, readiness, checks, meters, vertx, link, routing, membership, sandboxes,
                ring, sandboxSettings.templates().values(), tokens, driver::shortfalls, workers);
        stopping.close("faces", faces);
        waker = faces.waker();
        publicTls.ifPresent(tls -> tls.watch(publicListener));
        adminListener.serve(context -> faces.admin());
        peerListener.serve(context -> faces.peer());
        membership.onFenced(() -> compareAnew(membership, routing));
        membership.onReturned(() -> Thread.ofVirtual().name("return").start(() -> renew(membership, data)));
        enter(membership);
        catchUp(membership, routing, sandboxes, announcer);
        learnKeys(faces);
        agree(vertx, membership, routing, sandboxes);
        lifecycleListener.serve(context -> faces.lifecycle());
        publicListener.serve(context -> faces.lifecycle(), context -> forwarder.on(context)::attach);
        // whatever certificate it shows: that it answers is what is asked
        ListenerProbes itself = new ListenerProbes(vertx, new HttpClientOptions()
                .setSsl(publicTls.isPresent()).setTrustAll(true).setVerifyHost(false).setUseAlpn(false),
                HealthChecks.DEADLINE, random);
        checks.add(itself.of(PUBLIC, publicListener.endpoint(), NonceEcho.PUBLIC_PATH));
        readiness.advance(Phase.READY);
        membership.announce(MemberState.READY);
        log.info("replica.ready id={} public={} peer={} admin={} routes={}", settings.replica().id(), publicEndpoint(),
                peerEndpoint(), adminEndpoint(), routing.table().size());
    }

    /// Starts a replica, and returns when it is ready.
    static RunningReplica start(Settings settings, ApiKeys keys) {
        Stopping stopping = new Stopping();
        try {
            return new Replica(settings, keys, stopping);
        } catch (RuntimeException e) {
            stopping.stop();
            throw e;
        }
    }

    /// The same on all replicas that share a secret, so that each knows the tokens of all.
    private String tokenSeed() {
        return settings.sandboxes().tokenSeed().or(() -> settings.cluster().secret()).map(Secret::value)
                .orElseGet(() -> TokenSeed.in(settings.replica().dataDirectory(), random));
    }

    private Optional<Trust> trust() {
        String id = settings.replica().id();
        Optional<Trust> trust;
        try {
            trust = settings.cluster().tls().map(files -> Trust.ofFiles(files, id, clock, meters)).or(() -> settings
                    .cluster().secret().map(secret -> Trust.ofSecret(secret.value(), id, clock, random, meters)));
        } catch (TrustException e) {
            throw new SettingsException(String.valueOf(e.getMessage()));
        }
        trust.ifPresent(opened -> stopping.close("trust", opened));
        return trust;
    }

    private Membership join(Optional<Trust> trust, Member self, Routing routing) {
        return JGroupsMembership.join(modules.cluster(), trust, self, checks,
                () -> routing.digests().summary(self.id()), meters);
    }

    /// However long it takes: what ends it is a listener that cannot be opened, or being told to stop.
    private void enter(Membership membership) {
        readiness.advance(Phase.ENTERING);
        try {
            membership.joined().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while joining the cluster", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof MembershipException refused
                    ? refused
                    : new IllegalStateException(e.getCause());
        }
    }

    /// On a thread of its own, since the number is on disk before it is used. Returns are rare and far apart.
    private void renew(Membership membership, DataDirectory data) {
        if (renewing.tryAcquire()) {
            try {
                membership.renew(Incarnation.next(data.path(), clock));
            } catch (MembershipException e) {
                log.warn("self.not_renewed error=\"{}\" (going on in the old incarnation)", e.getMessage());
            } finally {
                renewing.release();
            }
        }
    }

    private Member self(long incarnation) {
        Endpoint peer = settings.peer().advertise().orElse(peerListener.endpoint());
        return new Member(settings.replica().id(), incarnation, peer, publicListener.endpoint(), MemberState.JOINING);
    }

    private List<Member> others() {
        Membership membership = joined.get();
        return membership == null
                ? List.of()
                : membership.members().stream().filter(member -> !member.id().equals(settings.replica().id())).toList();
    }

    private Optional<Member> lastKnown(String id) {
        return Optional.ofNullable(joined.get()).flatMap(membership -> membership.lastKnown(id));
    }

    private boolean isRoutable(Member member) {
        Membership membership = joined.get();
        return membership != null && membership.health(member.id()) == MemberHealth.ROUTABLE;
    }

    private void catchUp(Membership membership, Routing routing, SandboxManager sandboxes, SandboxRoutes announcer) {
        readiness.advance(Phase.JOINING);
        membership.onChange(routing.watch());
        membership.members().forEach(member -> routing.watch().changed(new MembershipChange.Joined(member)));
        CompletionStage<Void> fetched = new Joining(membership, routing.watch(), routing.reconciler()::mergeAll,
                routing.loop()).run();
        try {
            within(settings.replica().startTimeout(), fetched);
        } catch (TimeoutException e) {
            log.warn("join.incomplete after={} (serving what is here; what is missing is asked for on first use)",
                    settings.replica().startTimeout());
        }
        sandboxes.announceAll();
        // Not before the fetch has ended: what is missing from a list that counts as complete is deleted by the peers.
        fetched.thenRun(() -> {
            announcer.withdrawLeftovers(id -> sandboxes.find(id).isPresent());
            readiness.complete();
        });
    }

    /// A key that was revoked while this replica was away must not open it again.
    private void learnKeys(Faces faces) {
        try {
            within(settings.replica().startTimeout(), faces.joinKeys());
        } catch (TimeoutException e) {
            log.warn("join.keys_incomplete after={} (serving with the keys that are here, and asking on)",
                    settings.replica().startTimeout());
        }
    }

    /// Keeps this replica's copies and those of others the same from now on, and what dead ones left cleared.
    private void agree(Vertx vertx, Membership membership, Routing routing, SandboxManager sandboxes) {
        String self = settings.replica().id();
        routing.table().onChange(
                new Reassertion(self, sandbox -> Thread.ofVirtual().start(() -> sandboxes.announce(sandbox))));
        membership.onHeartbeat(routing.differences());
        routing.differences().start(check -> vertx.executeBlocking(Executors.callable(check)));
        new Sweeper(self, routing.table(), routing.digests(), routing.sync(), new Sweeper.View() {
            @Override
            public SweepVerdict verdict() {
                return SweepRule.verdict(membership);
            }

            @Override
            public boolean isDead(String authority) {
                return SweepRule.mayClear(membership, authority);
            }

            @Override
            public CompletionStage<Testimony> look(String authority) {
                // One that is still here says of itself that it is not healthy.
                boolean visible = membership.members().stream().anyMatch(member -> member.id().equals(authority));
                return visible
                        ? CompletableFuture.completedStage(Testimony.NOT_REACHED)
                        : routing.witnesses().look(authority);
            }
        }, routing.loop(), meters).start();
    }

    /// A fence is lifted when everything that the others list of their own has been fetched.
    private static void compareAnew(Membership membership, Routing routing) {
        membership.members().forEach(member -> routing.watch().fetchFrom(member.id()));
        routing.watch().caughtUp().thenRun(membership::reconciled);
    }

    private void leave() {
        Membership membership = joined.get();
        if (membership != null) {
            membership.close();
        }
    }

    @Override
    public Endpoint publicEndpoint() {
        return publicListener.endpoint();
    }

    @Override
    public String publicUrl() {
        return settings.publicListener().scheme() + "://" + publicEndpoint();
    }

    @Override
    public Endpoint peerEndpoint() {
        return peerListener.endpoint();
    }

    @Override
    public Endpoint adminEndpoint() {
        return adminListener.endpoint();
    }

    /// Says that it drains, goes on for a moment, lets what is in flight end, and stops.
    @Override
    public void close() {
        readiness.advance(Phase.DRAINING);
        // It closes on purpose, while the rest is still asked for what it has.
        checks.remove(PUBLIC);
        Membership membership = joined.get();
        if (membership != null) {
            membership.announce(MemberState.DRAINING);
        }
        forwarder.drain();
        Duration delay = settings.replica().drainDelay();
        log.info("replica.draining id={} delay={} for={}", settings.replica().id(), delay,
                settings.replica().drainTimeout());
        // Whoever balances over the replicas still sends requests here until he has noticed.
        new CompletableFuture<Void>().completeOnTimeout(null, delay.toMillis(), TimeUnit.MILLISECONDS).join();
        stopping.add("public listener", this::closePublicListener);
        stopping.stop();
        log.info("replica.stopped id={}", settings.replica().id());
    }

    private void closePublicListener() throws TimeoutException {
        Duration grace = settings.replica().drainTimeout();
        CompletionStage<Void> closed = publicListener.shutdown(grace.plus(FAREWELL)).toCompletionStage();
        try {
            within(grace, closed);
        } catch (TimeoutException e) {
            forwarder.endTunnels();
            within(FAREWELL.plus(CLOSE), closed);
        }
    }

    private static void within(Duration deadline, CompletionStage<?> stage) throws TimeoutException {
        try {
            stage.toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
