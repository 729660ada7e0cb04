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
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.sandgate.membership.trust.Trust;
import io.sandgate.membership.trust.TrustException;
import io.sandgate.proxy.forward.Forwarder;
import io.sandgate.proxy.forward.Waker;
import io.sandgate.sandbox.DataDirectory;
import io.sandgate.sandbox.Records;
import io.sandgate.sandbox.SandboxManager;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.SandboxTokens;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.driver.process.ProcessDriver;
import io.sandgate.sandbox.outbound.MachineNames;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
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
    private final Seat seat;
    private final Streaming streaming;
    private final ClientConnections connections;
    private final Optional<Sharding> sharding;
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
        seat = new Seat(settings.replica().id(), () -> Incarnation.next(data.path(), clock));
        stopping.add("machine meters", MachineMeters.bind(meters)::close);
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        stopping.add("event loops", () -> Stages.await(vertx.close().toCompletionStage(), CLOSE));
        Optional<Trust> trust = trust();
        PeerLink link = new PeerLink(trust, settings.replica().id(), seat::lastKnown);
        Routing routing = Routing.open(vertx, settings.replica().id(), modules, link.toMembers(), seat::others,
                seat::lastKnown, seat::isRoutable, random, meters);
        stopping.close("peer client", routing.peers());
        streaming = stopping.close("events", new Streaming(vertx, settings, routing.table(), clock, random, meters));
        HttpServerOptions requests = Forwarder.serverOptions(settings.proxy().forward());
        lifecycleListener = Listener.bind(vertx, requests, SIDE_LOOPS, PUBLIC,
                InetAddress.getLoopbackAddress().getHostAddress(), 0);
        String seed = tokenSeed();
        SandboxTokens tokens = SandboxTokens.of(seed);
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

        stopping.close("membership", seat);
        SandboxSettings sandboxSettings = modules.sandboxes();
        SandboxRoutes announcer = new SandboxRoutes(settings.replica().id(), routing.table(), routing.sync());
        ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        EnvdFace envd = stopping.close("runtimes", new EnvdFace(vertx, workers, EnvdLimits.DEFAULT, clock, random,
                Runtime.getRuntime().availableProcessors(), meters));
        MachineNames names = stopping.close("names", MachineNames.open());
        SandboxDriver driver = stopping.close("sandbox driver", ProcessDriver.open(data, sandboxSettings,
                new ProcessDriver.Environment(addresses::contains, envd, clock, random, names), meters));
        Records records = stopping.close("records", Records.open(data, meters));
        KeyRing ring = KeyRing.open(records.keys(), settings.replica().id(), clock, random, settings.api().maxKeys());
        SandboxManager sandboxes = stopping.close("sandboxes",
                SandboxManager.open(records, sandboxSettings, driver, announcer, streaming.sources().sandboxes(),
                        tokens, clock,
                        random,
                        meters));
        long incarnation = seat.incarnation();
        Membership membership = seat.take(JGroupsMembership.join(modules.cluster(), trust, self(incarnation), checks,
                () -> routing.digests().summary(settings.replica().id()), meters));
        stopping.add("forwarder", forwarder::close);
        streaming.follow(membership);
        BiPredicate<String, String> isKeyValid = (team, key) -> isValid(keys, ring, team, key);
        connections = stopping.close("connections", new ClientConnections(vertx, settings, link.toMembers(), membership,
                routing, streaming.log(), streaming.workers(), seed, isKeyValid, clock, random, meters));
        WebhookSending webhooks = stopping.close("webhooks", new WebhookSending(vertx, settings, link.toMembers(),
                membership, streaming, ownPorts(), clock, random, meters));
        sharding = settings.shards().token()
                .map(token -> stopping.close("shards", new Sharding(vertx,
                        settings, link.toMembers(), membership, seat::lastKnown,
                        streaming.log(), streaming.sources().shards(), clock, random, meters)));
        Faces faces = new Faces(settings, keys, readiness, checks, meters, vertx, link, routing, membership, sandboxes,
                ring, sandboxSettings.templates().values(), tokens, driver::shortfalls, workers,
                sharding.map(Sharding::shards), streaming, connections, webhooks);
        stopping.close("faces", faces);
        waker = faces.waker();
        publicTls.ifPresent(tls -> tls.watch(publicListener));
        adminListener.serve(context -> faces.admin());
        peerListener.serve(context -> faces.peer());
        Agreement agreement = new Agreement(membership, routing, sandboxes, settings.replica().startTimeout());
        readiness.advance(Phase.ENTERING);
        seat.enter();
        readiness.advance(Phase.JOINING);
        agreement.catchUp(announcer, readiness::complete);
        agreement.learnKeys(faces.joinKeys());
        agreement.keep(vertx, meters);
        streaming.begin(membership, link.toMembers(), incarnation, isKeyValid);
        connections.begin();
        lifecycleListener.serve(context -> forwarder.ofRelays(faces.lifecycle()));
        publicListener.serve(context -> faces.lifecycle(), context -> forwarder.on(context)::attach);
        // whatever certificate it shows: that it answers is what is asked
        ListenerProbes itself = new ListenerProbes(vertx, new HttpClientOptions()
                .setSsl(publicTls.isPresent()).setTrustAll(true).setVerifyHost(false).setUseAlpn(false),
                HealthChecks.DEADLINE, random);
        checks.add(itself.of(PUBLIC, publicListener.endpoint(), NonceEcho.PUBLIC_PATH));
        webhooks.start();
        readiness.advance(Phase.READY);
        seat.announce(MemberState.READY);
        streaming.sources().seen(membership.self());
        sharding.ifPresent(opened -> opened.shards().start());
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
                .map(TokenSeed::of)
                .orElseGet(() -> TokenSeed.in(settings.replica().dataDirectory(), random));
    }

    private Set<Integer> ownPorts() {
        return Set.of(publicListener.endpoint().port(), lifecycleListener.endpoint().port(),
                peerListener.endpoint().port(), adminListener.endpoint().port(), settings.cluster().port());
    }

    private static boolean isValid(ApiKeys keys, KeyRing ring, String team, String keyId) {
        return keyId.isEmpty()
                ? keys.isOwner(team)
                : ring.get(keyId).filter(key -> !key.isRevoked() && key.team().equals(team)).isPresent();
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

    private Member self(long incarnation) {
        Endpoint peer = settings.peer().advertise().orElse(peerListener.endpoint());
        return new Member(settings.replica().id(), incarnation, peer, publicListener.endpoint(), MemberState.JOINING);
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
        seat.announce(MemberState.DRAINING);
        forwarder.drain();
        // those who hold something open go elsewhere at once, while new requests still find this replica
        connections.drain();
        streaming.drain();
        Duration delay = settings.replica().drainDelay();
        log.info("replica.draining id={} delay={} for={}", settings.replica().id(), delay,
                settings.replica().drainTimeout());
        // Whoever balances over the replicas still sends requests here until he has noticed.
        new CompletableFuture<Void>().completeOnTimeout(null, delay.toMillis(), TimeUnit.MILLISECONDS).join();
        sharding.ifPresent(held -> held.handOver(settings.replica().drainTimeout()));
        stopping.add("public listener", this::closePublicListener);
        stopping.stop();
        log.info("replica.stopped id={}", settings.replica().id());
    }

    private void closePublicListener() throws TimeoutException {
        Duration grace = settings.replica().drainTimeout();
        CompletionStage<Void> closed = publicListener.shutdown(grace.plus(FAREWELL)).toCompletionStage();
        try {
            Stages.await(closed, grace);
        } catch (TimeoutException e) {
            forwarder.endTunnels();
            Stages.await(closed, FAREWELL.plus(CLOSE));
        }
    }
}
