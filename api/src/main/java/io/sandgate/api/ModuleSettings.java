package io.sandgate.api;

import io.sandgate.api.settings.AddressRange;
import io.sandgate.api.settings.ConnectionsSettings;
import io.sandgate.api.settings.EventsSettings;
import io.sandgate.api.settings.SandboxLimits;
import io.sandgate.api.settings.Secret;
import io.sandgate.api.settings.Settings;
import io.sandgate.api.settings.ShardsSettings;
import io.sandgate.api.settings.ShardsSettings.WithoutMajority;
import io.sandgate.api.settings.SyncSettings;
import io.sandgate.api.settings.WebhooksSettings;
import io.sandgate.gateway.connection.ConnectionSettings;
import io.sandgate.gateway.connection.socket.SocketSettings;
import io.sandgate.gateway.limit.Limit;
import io.sandgate.gateway.limit.LimitSettings;
import io.sandgate.gateway.shard.ShardSettings;
import io.sandgate.gateway.shard.assign.AssignSettings;
import io.sandgate.gateway.shard.backfill.BackfillSettings;
import io.sandgate.gateway.shard.pacing.PacingSettings;
import io.sandgate.gateway.shard.session.SessionSettings;
import io.sandgate.gateway.stream.log.EventLogSettings;
import io.sandgate.gateway.stream.pump.PumpSettings;
import io.sandgate.gateway.stream.serve.StreamSettings;
import io.sandgate.gateway.stream.webhook.DeliverySettings;
import io.sandgate.gateway.stream.webhook.WebhookSettings;
import io.sandgate.membership.ClusterSettings;
import io.sandgate.membership.Discovery;
import io.sandgate.membership.Endpoint;
import io.sandgate.proxy.replicate.SyncBudget;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.driver.IsolationMode;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Template;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The settings of a replica in the form in which each module takes its own.
record ModuleSettings(Settings settings) {
    /// The upstream's count of what is sent over one connection.
    private static final Duration SEND_WINDOW = Duration.ofSeconds(60);
    /// 250 ms grow to 1.5 s: what the pacers of other programs have found to be enough.
    private static final int MARGIN_GROWTH = 6;
    private static final long GUILD_MEMBERS = 1L << 1;
    /// How many attempts there is time for to hand a message to another replica.
    private static final int DELIVERIES = 4;
    private static final Duration MOVE_TIMEOUT = Duration.ofSeconds(10);

    ClusterSettings cluster() {
        var cluster = settings.cluster();
        Discovery discovery = cluster.dns().<Discovery>map(dns -> dns)
                .orElseGet(() -> new Discovery.Listed(cluster.members()));
        return new ClusterSettings(new Endpoint(cluster.host(), cluster.port()), discovery, cluster.name(),
                cluster.joinTimeout(), cluster.timers());
    }

    RouteTable.Limits table() {
        RouteTable.Limits standard = RouteTable.Limits.DEFAULT;
        return new RouteTable.Limits(settings.proxy().maxRoutes(), standard.maxFences(), standard.fenceLife());
    }

    AddressRanges targets() {
        Stream<AddressRange> networks = settings.sandboxes().confinement().isolation() == IsolationMode.OFF
                ? Stream.empty()
                : Stream.of(settings.sandboxes().confinement().network());
        return AddressRanges.of(Stream.concat(settings.proxy().allowedTargets().stream(), networks)
                .map(AddressRange::toString).toList()).except(ownAddresses());
    }

    /// Where this machine's listeners may be, its own replica's among them: no sandbox is there. Those that the process driver
    /// gives out are on no interface.
    private static Set<InetAddress> ownAddresses() {
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .map(ModuleSettings::withoutScope).collect(Collectors.toSet());
        } catch (SocketException e) {
            throw new IllegalStateException("the addresses of this machine cannot be read", e);
        }
    }

    private static InetAddress withoutScope(InetAddress address) {
        String literal = address.getHostAddress();
        int scope = literal.indexOf('%');
        return scope < 0 ? address : InetAddress.ofLiteral(literal.substring(0, scope));
    }

    /// The same on all replicas: keyed where they share a secret.
    RouteHash hash() {
        var cluster = settings.cluster();
        return cluster.tls().isPresent()
                ? RouteHash.OPEN
                : cluster.secret().map(secret -> RouteHash.of(secret.value())).orElse(RouteHash.OPEN);
    }

    SyncBudget sync() {
        SyncSettings sync = settings.sync();
        SyncBudget standard = SyncBudget.DEFAULT;
        return new SyncBudget(sync.requestTimeout(), sync.attempts(), sync.backoff(), sync.backoffFactor(),
                sync.jitter(),
                sync.peerDeadline(), sync.maxInFlight(), sync.maxInFlightSlow(), sync.softWait(), sync.slowAfter(),
                sync.probeEvery(), sync.outboxCapacity(), standard.batchRoutes(), standard.batchBytes());
    }

    SandboxSettings sandboxes() {
        SandboxLimits limits = settings.sandboxes();
        Map<String, Template> templates = settings.templates().values().stream().map(ModuleSettings::template)
                .collect(Collectors.toMap(Template::name, template -> template));
        return new SandboxSettings(templates, limits.max(), limits.maxSnapshots(), limits.maxConcurrentStarts(),
                limits.defaultTimeout(),
                limits.maxTimeout(), limits.startTimeout(), limits.killTimeout(), limits.announceTimeout(),
                limits.maxMetadata(), limits.maxEnvironment(), limits.addresses().toString(),
                limits.addressQuarantine(),
                limits.logSize(), limits.usageInterval(),
                new SandboxSettings.Confinement(limits.confinement().isolation(),
                        limits.confinement().network().toString(), limits.confinement().maxProcesses(),
                        limits.confinement().maxPrograms(), limits.confinement().shownPaths(),
                        limits.confinement().maxNamed(), limits.confinement().maxAllNamed()),
                limits.stopOnExit());
    }

    /// @param token of the bot
    ShardSettings shards(String token) {
        ShardsSettings shards = settings.shards();
        ShardsSettings.Connect connect = shards.connect();
        ShardsSettings.Identify identify = shards.identify();
        ShardsSettings.Own own = shards.own();
        SessionSettings session = new SessionSettings(token, shards.intents().bits(), shards.largeThreshold(),
                shards.compression(), shards.maxMessage(), Set.copyOf(shards.events()), connect.dialTimeout(),
                connect.helloTimeout(), connect.readyTimeout(), connect.resumeTimeout(), connect.spread(),
                connect.backoff(), connect.maxBackoff(), connect.stableAfter(), own.recordLife(),
                own.handoverTimeout(), connect.sendLimit(), SEND_WINDOW);
        PacingSettings pacing = new PacingSettings(identify.window(), identify.margin(),
                identify.margin().multipliedBy(MARGIN_GROWTH), identify.permitLife(), identify.reserve(), own.lease(),
                identify.perShard());
        AssignSettings assign = new AssignSettings(own.lease(), own.debounce(), own.moveParallel(), MOVE_TIMEOUT);
        return new ShardSettings(shards.count(), session, pacing, assign, shards.replicas(),
                own.withoutMajority() == WithoutMajority.KEEP, own.grace(), connect.parallel(), own.recordInterval(),
                own.recordCopies(), backfill(shards));
    }

    EventLogSettings eventLog() {
        EventsSettings.Keep keep = settings.events().keep();
        return new EventLogSettings(keep.memory(), keep.disk(), keep.segment(), keep.queue(), keep.subjects(),
                keep.maxEvent());
    }

    StreamSettings stream() {
        EventsSettings.Stream stream = settings.events().stream();
        StreamSettings standard = StreamSettings.DEFAULT;
        PumpSettings pump = standard.pump();
        return new StreamSettings(stream.subscribers(), stream.writeStall(), stream.ping(), stream.pongTimeout(),
                standard.closing(), standard.spacing(), stream.compression(),
                new PumpSettings(pump.turnEvents(), pump.turnBytes(), pump.batchBytes(), pump.storedEvents(),
                        pump.storedBytes(), stream.markInterval()));
    }

    LimitSettings limits() {
        ConnectionsSettings connections = settings.connections();
        return new LimitSettings(connections.max(), limit(connections.address()), limit(connections.key()));
    }

    private static Limit limit(ConnectionsSettings.Share share) {
        return new Limit(share.open(), share.perSecond(), share.perSecond() * 2);
    }

    ConnectionSettings connections() {
        ConnectionsSettings connections = settings.connections();
        ConnectionSettings standard = ConnectionSettings.DEFAULT;
        return new ConnectionSettings(connections.rooms(), connections.deliverTimeout(),
                connections.deliverTimeout().dividedBy(DELIVERIES), connections.outbox(), standard.outboxBytes(),
                standard.batchMessages(), standard.batchBytes(), standard.assertAfter());
    }

    WebhookSettings webhooks() {
        WebhooksSettings webhooks = settings.webhooks();
        DeliverySettings standard = DeliverySettings.DEFAULT;
        return new WebhookSettings(webhooks.maxPerTeam(), webhooks.max(), new DeliverySettings(standard.timeout(),
                webhooks.attempts(), standard.patience(), standard.firstBackoff(), standard.mostBackoff(),
                standard.atOnce(), standard.troubledAtOnce(), standard.teamAtOnce(), standard.retryShare(),
                standard.retryFloor(), webhooks.disableAfter()));
    }

    SocketSettings sockets() {
        ConnectionsSettings connections = settings.connections();
        SocketSettings standard = SocketSettings.DEFAULT;
        return new SocketSettings(connections.pending(), standard.maxFrame(), standard.maxFramesPerSecond(),
                connections.writeStall(), connections.ping(), connections.idleTimeout(), standard.closeWait());
    }

    /// None without the intent: the upstream would not answer.
    private static Optional<BackfillSettings> backfill(ShardsSettings shards) {
        boolean mayAsk = (shards.intents().bits() & GUILD_MEMBERS) != 0;
        return shards.backfill().enabled() && mayAsk ? Optional.of(shards.backfill().lists()) : Optional.empty();
    }

    private static Template template(io.sandgate.api.settings.Template template) {
        Map<String, String> environment = template.environment().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> secret(entry.getValue())));
        return new Template(template.name(), template.command(), template.readyPort().orElse(0), environment, Map.of(),
                new Limits(template.maxOpenFiles(), template.maxProcesses(), 0, 0), template.cpuCount(),
                template.memoryMb(), template.diskMb(), template.warm());
    }

    private static String secret(Secret secret) {
        return secret.value();
    }
}
