package io.sandgate.api.settings;

import io.sandgate.gateway.shard.backfill.BackfillSettings;
import io.sandgate.gateway.shard.protocol.Compression;
import io.sandgate.gateway.shard.protocol.Intents;
import io.sandgate.membership.ClusterTimers;
import io.sandgate.membership.Discovery.Dns;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.trust.TrustFiles;
import io.sandgate.proxy.forward.ForwardSettings;
import io.sandgate.proxy.forward.ForwardedFields;
import io.sandgate.proxy.forward.PortProtocols;
import io.sandgate.sandbox.driver.IsolationMode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class EverySettingTest {

    private static final String KEY = "e2b_00112233445566778899aabbccddeeff00112233";

    /// A value for every setting that differs from its default.
    private static final Map<String, String> OTHER = new LinkedHashMap<>();

    static {
        OTHER.put("replica.id", "r7");
        OTHER.put("replica.start-timeout", "61s");
        OTHER.put("replica.drain-delay", "3s");
        OTHER.put("replica.drain-timeout", "6s");
        OTHER.put("replica.stop-timeout", "16s");
        OTHER.put("data.dir", "some/where");
        OTHER.put("public.host", "127.0.0.2");
        OTHER.put("public.port", "8081");
        OTHER.put("public.domain", "sandbox.example");
        OTHER.put("public.max-body", "2MiB");
        OTHER.put("api.keys", "ann:" + KEY);
        OTHER.put("api.max-keys", "50");
        OTHER.put("api.rate-limit", "7");
        OTHER.put("api.auth-failures", "3");
        OTHER.put("peer.host", "127.0.0.3");
        OTHER.put("peer.port", "7790");
        OTHER.put("peer.advertise", "127.0.0.4:7791");
        OTHER.put("admin.host", "::1");
        OTHER.put("admin.port", "9091");
        OTHER.put("admin.token", "a-token-of-sixteen");
        OTHER.put("cluster.name", "blue");
        OTHER.put("cluster.host", "127.0.0.5");
        OTHER.put("cluster.port", "7801");
        OTHER.put("cluster.discovery", "dns");
        // what DNS finds is not listed: a test of its own has another value
        OTHER.put("cluster.members", "");
        OTHER.put("cluster.dns-query", "_cluster._tcp.peers.example");
        OTHER.put("cluster.dns-record", "srv");
        OTHER.put("cluster.dns-server", "127.0.0.7:53");
        OTHER.put("cluster.secret", "a-secret-of-sixteen");
        OTHER.put("cluster.tls-certificate", "tls/replica.pem");
        OTHER.put("cluster.tls-key", "tls/replica.key");
        OTHER.put("cluster.tls-ca", "tls/ca.pem");
        OTHER.put("cluster.join-timeout", "31s");
        OTHER.put("cluster.heartbeat", "2s");
        OTHER.put("cluster.discovery-timeout", "3s");
        OTHER.put("cluster.failure-timeout", "9s");
        OTHER.put("cluster.failure-interval", "4s");
        OTHER.put("cluster.verify-timeout", "5s");
        OTHER.put("cluster.merge-min", "6s");
        OTHER.put("cluster.merge-max", "7s");
        OTHER.put("cluster.routable-timeout", "6s");
        OTHER.put("cluster.dead-timeout", "61s");
        OTHER.put("sync.request-timeout", "300ms");
        OTHER.put("sync.attempts", "4");
        OTHER.put("sync.backoff", "10ms");
        OTHER.put("sync.backoff-factor", "1.5");
        OTHER.put("sync.jitter", "0.25");
        OTHER.put("sync.peer-deadline", "700ms");
        OTHER.put("sync.max-in-flight", "32");
        OTHER.put("sync.max-in-flight-slow", "4");
        OTHER.put("sync.wait", "60ms");
        OTHER.put("sync.slow-after", "5");
        OTHER.put("sync.probe-every", "2s");
        OTHER.put("sync.outbox-capacity", "1000");
        OTHER.put("public.tls-certificate", "tls/public.pem");
        OTHER.put("public.tls-key", "tls/public.key");
        OTHER.put("proxy.allowed-targets", "127.0.0.0/8,10.1.0.0/16");
        OTHER.put("proxy.max-routes", "1000");
        OTHER.put("proxy.connect-attempts", "5");
        OTHER.put("proxy.connect-timeout", "2s");
        OTHER.put("proxy.connect-backoff", "50ms");
        OTHER.put("proxy.ask-timeout", "3s");
        OTHER.put("proxy.wake-timeout", "59s");
        OTHER.put("proxy.least-body-rate", "50");
        OTHER.put("proxy.body-window", "29s");
        OTHER.put("proxy.upstream-idle-timeout", "61s");
        OTHER.put("proxy.client-idle-timeout", "11m");
        OTHER.put("proxy.request-head-timeout", "11s");
        OTHER.put("proxy.upgrade-timeout", "31s");
        OTHER.put("proxy.max-connections-per-sandbox", "10");
        OTHER.put("proxy.max-connections", "100");
        OTHER.put("proxy.max-idle-per-sandbox", "5");
        OTHER.put("proxy.max-idle", "50");
        OTHER.put("proxy.max-tunnels", "20");
        OTHER.put("proxy.forwarded-fields", "x-forwarded");
        OTHER.put("proxy.max-request-line", "4KiB");
        OTHER.put("proxy.max-header-size", "32KiB");
        OTHER.put("proxy.http2-ports", "50051,9000");
        OTHER.put("proxy.tls-ports", "8443");
        OTHER.put("sandbox.driver", "process");
        OTHER.put("sandbox.max", "7");
        OTHER.put("sandbox.default-timeout", "6m");
        OTHER.put("sandbox.max-timeout", "48h");
        OTHER.put("sandbox.max-snapshots", "5");
        OTHER.put("sandbox.start-timeout", "31s");
        OTHER.put("sandbox.kill-timeout", "3s");
        OTHER.put("sandbox.max-concurrent-starts", "3");
        OTHER.put("sandbox.announce-timeout", "4s");
        OTHER.put("sandbox.max-metadata", "2KiB");
        OTHER.put("sandbox.max-environment", "4KiB");
        OTHER.put("sandbox.address-quarantine", "5s");
        OTHER.put("sandbox.log-size", "3MiB");
        OTHER.put("sandbox.usage-interval", "11s");
        OTHER.put("sandbox.addresses", "127.80.0.0/12");
        OTHER.put("sandbox.isolation", "required");
        OTHER.put("sandbox.network", "10.80.0.0/12");
        OTHER.put("sandbox.max-processes", "77");
        OTHER.put("sandbox.max-programs", "78");
        OTHER.put("sandbox.shown-paths", "/srv/tools,/srv/jdk");
        OTHER.put("sandbox.max-named-connections", "79");
        OTHER.put("sandbox.max-all-named-connections", "80");
        OTHER.put("sandbox.token-seed", "a seed of many letters");
        OTHER.put("sandbox.stop-on-exit", "true");
        OTHER.put("templates.my-app.environment.GREETING", "hello you");
        OTHER.put("templates.my-app.command", "run 'a b' c");
        OTHER.put("templates.my-app.ready-port", "8000");
        OTHER.put("templates.my-app.cpu-count", "2");
        OTHER.put("templates.my-app.memory-mb", "256");
        OTHER.put("templates.my-app.disk-mb", "100");
        OTHER.put("templates.my-app.warm", "3");
        OTHER.put("templates.my-app.max-open-files", "64");
        OTHER.put("templates.my-app.max-processes", "10");
        OTHER.put("shards.token", "a-bot-token");
        OTHER.put("shards.api-url", "https://gateway.example/api");
        OTHER.put("shards.intents", "GUILDS,GUILD_MEMBERS");
        OTHER.put("shards.count", "32");
        OTHER.put("shards.compression", "none");
        OTHER.put("shards.large-threshold", "100");
        OTHER.put("shards.max-message", "1MiB");
        OTHER.put("shards.sink", "https://hook.example/events");
        OTHER.put("shards.sink-secret", "a-key-of-sixteen-letters");
        OTHER.put("shards.events", "MESSAGE_CREATE,READY");
        OTHER.put("shards.replicas", "5");
        OTHER.put("shards.identify-window", "6s");
        OTHER.put("shards.identify-margin", "300ms");
        OTHER.put("shards.permit-life", "2s");
        OTHER.put("shards.start-reserve", "0.2");
        OTHER.put("shards.starts-per-shard", "9");
        OTHER.put("shards.dial-parallel", "4");
        OTHER.put("shards.dial-timeout", "3s");
        OTHER.put("shards.hello-timeout", "4s");
        OTHER.put("shards.ready-timeout", "5s");
        OTHER.put("shards.resume-timeout", "6s");
        OTHER.put("shards.spread", "7s");
        OTHER.put("shards.backoff", "8s");
        OTHER.put("shards.max-backoff", "9s");
        OTHER.put("shards.stable-after", "10s");
        OTHER.put("shards.send-limit", "100");
        OTHER.put("shards.lease", "4s");
        OTHER.put("shards.grace", "11s");
        OTHER.put("shards.debounce", "600ms");
        OTHER.put("shards.move-parallel", "3");
        OTHER.put("shards.handover-timeout", "700ms");
        OTHER.put("shards.without-majority", "close");
        OTHER.put("shards.record-life", "5m");
        OTHER.put("shards.record-interval", "100ms");
        OTHER.put("shards.record-copies", "1");
        OTHER.put("shards.backfill.enabled", "false");
        OTHER.put("shards.backfill.concurrency", "3");
        OTHER.put("shards.backfill.min", "2s");
        OTHER.put("shards.backfill.max", "3m");
        OTHER.put("shards.backfill.divergence", "0.05");
        OTHER.put("shards.backfill.per-guild", "31s");
        OTHER.put("shards.backfill.request-timeout", "32s");
        OTHER.put("shards.backfill.sweep-per-second", "2.5");
        OTHER.put("shards.backfill.guilds-per-shard", "3000");
        OTHER.put("shards.backfill.open-per-shard", "32");
        OTHER.put("shards.backfill.paced-guilds", "50000");
        OTHER.put("events.memory", "1MiB");
        OTHER.put("events.disk", "4GiB");
        OTHER.put("events.segment", "2MiB");
        OTHER.put("events.queue", "5000");
        OTHER.put("events.subjects", "5000");
        OTHER.put("events.max-event", "64KiB");
        OTHER.put("events.subscribers", "7");
        OTHER.put("events.write-stall", "9s");
        OTHER.put("events.ping", "4s");
        OTHER.put("events.pong-timeout", "11s");
        OTHER.put("events.mark-interval", "14s");
        OTHER.put("events.compression", "false");
        OTHER.put("events.history", "50");
        OTHER.put("connections.max", "100");
        OTHER.put("connections.per-address", "10");
        OTHER.put("connections.per-key", "11");
        OTHER.put("connections.rate-per-address", "12");
        OTHER.put("connections.rate-per-key", "13");
        OTHER.put("connections.max-message", "8KiB");
        OTHER.put("connections.pending", "512KiB");
        OTHER.put("connections.rooms", "3");
        OTHER.put("connections.deliver-timeout", "1s");
        OTHER.put("connections.outbox", "44");
        OTHER.put("connections.ping", "16s");
        OTHER.put("connections.idle-timeout", "46s");
        OTHER.put("connections.write-stall", "8s");
        OTHER.put("webhooks.allowed-targets", "10.0.0.0/8");
        OTHER.put("webhooks.max-per-team", "5");
        OTHER.put("webhooks.max", "500");
        OTHER.put("webhooks.attempts", "3");
        OTHER.put("webhooks.disable-after", "2d");
        OTHER.put("log.level", "debug");
        OTHER.put("log.format", "json");
    }

    @Test
    void defaults_nothingGiven_areTheDocumentedOnes() {
        Settings settings = Settings.load(new SettingSources(null, Map.of(), List.of(), () -> "My_Host"));

        assertThat(settings).isEqualTo(new Settings(
                new ReplicaSettings("my-host-8080", Path.of("./data/my-host-8080"), Duration.ofSeconds(60),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(5), Duration.ofSeconds(15)),
                new PublicListener("127.0.0.1", 8080, "localhost", 1024 * 1024, Optional.empty()),
                new ApiAccess(List.of(), 10_000, 100, 10),
                new PeerListener("127.0.0.1", 7789, Optional.empty()),
                new AdminListener("127.0.0.1", 9090, Optional.empty()),
                new ClusterSettings("sandgate", "127.0.0.1", 7800, ClusterSettings.Discovery.STATIC, List.of(),
                        Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofSeconds(10),
                        ClusterTimers.tuned()),
                new SyncSettings(Duration.ofMillis(200), 3, Duration.ofMillis(20), 2, 0.5, Duration.ofMillis(600), 64,
                        8, Duration.ofMillis(50), 3, Duration.ofSeconds(1), 100_000),
                new ProxySettings(List.of(AddressRange.parse("127.64.0.0/10")), 2_000_000, ForwardSettings.DEFAULT),
                new SandboxLimits(SandboxLimits.Driver.PROCESS, 1000, 100, Duration.ofMinutes(5), Duration.ofDays(1),
                        Duration.ofSeconds(30), Duration.ofSeconds(10), 16, Duration.ofSeconds(2), 16 * 1024,
                        64 * 1024, Duration.ofMinutes(1), 1024 * 1024, Duration.ofSeconds(5),
                        AddressRange.parse("127.64.0.0/10"),
                        new SandboxLimits.Confinement(IsolationMode.PREFERRED, AddressRange.parse("10.64.0.0/10"), 1024,
                                1000, List.of(), 256, 4096),
                        Optional.empty(), false),
                Map.of(),
                new ShardsSettings(Optional.empty(), URI.create("https://discord.com/api/v10"), Intents.DEFAULT,
                        OptionalInt.empty(), Compression.ZSTD_STREAM, 50, 16 * 1024 * 1024, new EventTarget.Nowhere(),
                        Optional.empty(), List.of(), 1,
                        new ShardsSettings.Identify(Duration.ofSeconds(5), Duration.ofMillis(250),
                                Duration.ofSeconds(1),
                                0.1, 50),
                        new ShardsSettings.Connect(32, Duration.ofSeconds(10), Duration.ofSeconds(15),
                                Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofSeconds(1),
                                Duration.ofSeconds(1), Duration.ofSeconds(64), Duration.ofSeconds(30), 115),
                        new ShardsSettings.Own(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofMillis(500), 8,
                                Duration.ofMillis(500), ShardsSettings.WithoutMajority.KEEP, Duration.ofMinutes(4),
                                Duration.ofMillis(250), 2),
                        new ShardsSettings.Backfill(true, BackfillSettings.DEFAULT)),
                new EventsSettings(new EventsSettings.Keep(64 << 20, 1 << 30, 32 << 20, 65_536, 200_000, 256 * 1024),
                        new EventsSettings.Stream(10_000, Duration.ofSeconds(10), Duration.ofSeconds(5),
                                Duration.ofSeconds(20), Duration.ofSeconds(15), true),
                        10_000),
                new ConnectionsSettings(50_000, new ConnectionsSettings.Share(0, 0),
                        new ConnectionsSettings.Share(0, 0), 64 * 1024, 256 * 1024, 64, Duration.ofSeconds(2), 10_000,
                        Duration.ofSeconds(15), Duration.ofSeconds(45), Duration.ofSeconds(10)),
                new WebhooksSettings(List.of(), 20, 10_000, 8, Duration.ofDays(1)),
                new LogSettings(LogSettings.Level.INFO, LogSettings.Format.TEXT)));
    }

    @Test
    void everySetting_assigned_reachesItsPlace() {
        Settings settings = Settings.load(SettingSources.assigned(
                OTHER.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toArray(String[]::new)));

        assertThat(settings).isEqualTo(expected());
    }

    @Test
    void everySetting_inTheEnvironment_reachesItsPlace() {
        Map<String, String> environment = new LinkedHashMap<>();
        OTHER.forEach((name, text) -> {
            String variable = Catalogue.find(name).orElseThrow().environmentName().replace("<NAME>", "MY_APP")
                    .replace("<VAR>", "GREETING");
            environment.put(variable, text);
        });

        assertThat(Settings.load(new SettingSources(null, environment, List.of(), () -> "h"))).isEqualTo(expected());
    }

    @Test
    void everySetting_inAFile_reachesItsPlace(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("sandgate.yaml");
        StringBuilder yaml = new StringBuilder("sandgate:\n");
        OTHER.forEach((name, text) -> yaml.append("  ").append(name).append(": \"").append(text).append("\"\n"));
        Files.writeString(file, yaml);

        assertThat(Settings.load(new SettingSources(file, Map.of(), List.of(), () -> "h"))).isEqualTo(expected());
    }

    @Test
    void members_reachTheirPlace() {
        Settings settings = Settings.load(SettingSources.assigned("cluster.members=127.0.0.1:7800,127.0.0.1:7801"));

        assertThat(settings.cluster().members()).containsExactly(new Endpoint("127.0.0.1", 7800),
                new Endpoint("127.0.0.1", 7801));
    }

    @Test
    void kubernetes_isDnsWithTheNameOfAService() {
        Settings settings = Settings.load(SettingSources.assigned("cluster.discovery=kubernetes",
                "cluster.host=10.0.0.1", "cluster.secret=0123456789abcdef"));

        assertThat(settings.cluster().dns()).contains(new Dns("sandgate-peers", Dns.Kind.A, Optional.empty()));
    }

    @Test
    void thisTest_ofEverySetting_missesNone() {
        assertThat(Catalogue.settings()).allSatisfy(
                setting -> assertThat(OTHER.keySet()).as(setting.name()).anyMatch(setting::matches));
        assertThat(Catalogue.names()).doesNotHaveDuplicates();
    }

    @Test
    void explanation_ofEverySetting_isInTheOrderOfTheCatalogueAndHidesSecrets() {
        List<EffectiveSetting> effective = Settings.explain(SettingSources.assigned(
                OTHER.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toArray(String[]::new)))
                .effective();

        assertThat(effective).hasSize(OTHER.size()).noneMatch(EffectiveSetting::isDefault);
        assertThat(effective.toString()).doesNotContain(KEY, "a-token-of", "a-secret-of", "hello you", "a-bot-token",
                "a-key-of-sixteen");
        assertThat(expected().toString()).doesNotContain(KEY, "a-token-of", "a-secret-of", "hello you", "a-bot-token",
                "a-key-of-sixteen");
        assertThat(effective).extracting(EffectiveSetting::name).startsWith("sandgate.replica.id",
                "sandgate.replica.start-timeout");
    }

    private static Settings expected() {
        Template template = new Template("my-app", List.of("run", "a b", "c"), Optional.of(8000),
                Map.of("GREETING", new Secret("hello you")), 2, 256, 100, 3, 64, 10);
        return new Settings(
                new ReplicaSettings("r7", Path.of("some/where"), Duration.ofSeconds(61), Duration.ofSeconds(3),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(16)),
                new PublicListener("127.0.0.2", 8081, "sandbox.example", 2 * 1024 * 1024,
                        Optional.of(new CertificateFiles(Path.of("tls/public.pem"), Path.of("tls/public.key")))),
                new ApiAccess(List.of(new ApiKey("ann", new Secret(KEY))), 50, 7, 3),
                new PeerListener("127.0.0.3", 7790, Optional.of(new Endpoint("127.0.0.4", 7791))),
                new AdminListener("0:0:0:0:0:0:0:1", 9091, Optional.of(new Secret("a-token-of-sixteen"))),
                new ClusterSettings("blue", "127.0.0.5", 7801, ClusterSettings.Discovery.DNS, List.of(),
                        Optional.of(new Dns("_cluster._tcp.peers.example", Dns.Kind.SRV,
                                Optional.of(new Endpoint("127.0.0.7", 53)))),
                        Optional.of(new Secret("a-secret-of-sixteen")),
                        Optional.of(new TrustFiles(Path.of("tls/replica.pem"), Path.of("tls/replica.key"),
                                Path.of("tls/ca.pem"))),
                        Duration.ofSeconds(31),
                        new ClusterTimers(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(9),
                                Duration.ofSeconds(4), Duration.ofSeconds(5), Duration.ofSeconds(6),
                                Duration.ofSeconds(7), Duration.ofSeconds(6), Duration.ofSeconds(61))),
                new SyncSettings(Duration.ofMillis(300), 4, Duration.ofMillis(10), 1.5, 0.25, Duration.ofMillis(700),
                        32, 4, Duration.ofMillis(60), 5, Duration.ofSeconds(2), 1000),
                new ProxySettings(List.of(AddressRange.parse("127.0.0.0/8"), AddressRange.parse("10.1.0.0/16")),
                        1000,
                        new ForwardSettings("sandbox.example", Duration.ofSeconds(3), Duration.ofSeconds(59),
                                new ForwardSettings.Clients(Duration.ofMinutes(11), Duration.ofSeconds(11), 50,
                                        Duration.ofSeconds(29), 4 * 1024, 32 * 1024),
                                new ForwardSettings.Upstreams(5, Duration.ofSeconds(2), Duration.ofMillis(50),
                                        Duration.ofSeconds(61), Duration.ofSeconds(31), 10, 100, 5, 50, 20),
                                ForwardedFields.X_FORWARDED,
                                new PortProtocols(Set.of(50_051, 9_000), Set.of(8_443)))),
                new SandboxLimits(SandboxLimits.Driver.PROCESS, 7, 5, Duration.ofMinutes(6), Duration.ofDays(2),
                        Duration.ofSeconds(31), Duration.ofSeconds(3), 3, Duration.ofSeconds(4), 2 * 1024, 4 * 1024,
                        Duration.ofSeconds(5), 3 * 1024 * 1024, Duration.ofSeconds(11),
                        AddressRange.parse("127.80.0.0/12"),
                        new SandboxLimits.Confinement(IsolationMode.REQUIRED, AddressRange.parse("10.80.0.0/12"), 77,
                                78, List.of(Path.of("/srv/tools"), Path.of("/srv/jdk")), 79, 80),
                        Optional.of(new Secret("a seed of many letters")), true),
                Map.of("my-app", template),
                new ShardsSettings(Optional.of(new Secret("a-bot-token")), URI.create("https://gateway.example/api"),
                        new Intents(3), OptionalInt.of(32), Compression.NONE, 100, 1024 * 1024,
                        new EventTarget.Webhook(URI.create("https://hook.example/events")),
                        Optional.of(new Secret("a-key-of-sixteen-letters")), List.of("MESSAGE_CREATE", "READY"), 5,
                        new ShardsSettings.Identify(Duration.ofSeconds(6), Duration.ofMillis(300),
                                Duration.ofSeconds(2),
                                0.2, 9),
                        new ShardsSettings.Connect(4, Duration.ofSeconds(3), Duration.ofSeconds(4),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(6), Duration.ofSeconds(7), Duration.ofSeconds(8),
                                Duration.ofSeconds(9),
                                Duration.ofSeconds(10), 100),
                        new ShardsSettings.Own(Duration.ofSeconds(4), Duration.ofSeconds(11), Duration.ofMillis(600), 3,
                                Duration.ofMillis(700), ShardsSettings.WithoutMajority.CLOSE, Duration.ofMinutes(5),
                                Duration.ofMillis(100), 1),
                        new ShardsSettings.Backfill(false, new BackfillSettings(3, Duration.ofSeconds(2),
                                Duration.ofMinutes(3), 0.05, Duration.ofSeconds(31), Duration.ofSeconds(32), 2.5,
                                3_000, 32, 50_000))),
                new EventsSettings(new EventsSettings.Keep(1 << 20, 4L << 30, 2 << 20, 5000, 5000, 64 * 1024),
                        new EventsSettings.Stream(7, Duration.ofSeconds(9), Duration.ofSeconds(4),
                                Duration.ofSeconds(11), Duration.ofSeconds(14), false),
                        50),
                new ConnectionsSettings(100, new ConnectionsSettings.Share(10, 12),
                        new ConnectionsSettings.Share(11, 13), 8 * 1024, 512 * 1024, 3, Duration.ofSeconds(1), 44,
                        Duration.ofSeconds(16), Duration.ofSeconds(46), Duration.ofSeconds(8)),
                new WebhooksSettings(List.of(AddressRange.parse("10.0.0.0/8")), 5, 500, 3, Duration.ofDays(2)),
                new LogSettings(LogSettings.Level.DEBUG, LogSettings.Format.JSON));
    }
}
