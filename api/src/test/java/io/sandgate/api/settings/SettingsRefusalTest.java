package io.sandgate.api.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SettingsRefusalTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            public.port=99999               | sandgate.public.port: 99999 (expected: 0-65535, where 0 takes any free port; from --set)
            public.port=                    | sandgate.public.port: (empty) (expected: 0-65535, where 0 takes any free port; from --set)
            public.host=a b                 | sandgate.public.host: a b (expected: an IP address or a host name; from --set)
            public.domain=Big.Example       | sandgate.public.domain: Big.Example (expected: a domain in lower case; from --set)
            sync.wait=5                     | sandgate.sync.wait: 5 (expected: 0ms-1m, a number with ms, s, m, h or d; from --set)
            sync.jitter=1.5                 | sandgate.sync.jitter: 1.5 (expected: 0.0-1.0; from --set)
            sync.jitter=NaN                 | sandgate.sync.jitter: NaN (expected: 0.0-1.0; from --set)
            public.max-body=1MB             | sandgate.public.max-body: 1MB (expected: 1KiB-64MiB, a number with B, KiB, MiB or GiB; from --set)
            cluster.discovery=consul        | sandgate.cluster.discovery: consul (expected: static or dns or kubernetes; from --set)
            cluster.discovery=dns           | sandgate.cluster.dns-query: not set (expected: a name in DNS of at most 253 letters, digits, dots, dashes and underscores; needed because of sandgate.cluster.discovery=dns)
            cluster.discovery=kubernetes    | sandgate.cluster.host: 127.0.0.1 (expected: the address of the pod, which the other pods reach (status.podIP); needed because of sandgate.cluster.discovery=kubernetes; from default)
            cluster.dns-query=peers.example | sandgate.cluster.dns-query: peers.example (expected: nothing, or sandgate.cluster.discovery=dns; from --set)
            cluster.dns-query=a,b           | sandgate.cluster.dns-query: a,b (expected: a name in DNS of at most 253 letters, digits, dots, dashes and underscores; from --set)
            cluster.dns-record=srv          | sandgate.cluster.dns-record: srv (expected: nothing, or sandgate.cluster.discovery=dns; from --set)
            cluster.dns-record=aaaa         | sandgate.cluster.dns-record: aaaa (expected: a or srv; from --set)
            cluster.dns-server=10.0.0.1:53  | sandgate.cluster.dns-server: 10.0.0.1:53 (expected: nothing, or sandgate.cluster.discovery=dns; from --set)
            sandbox.driver=docker           | sandgate.sandbox.driver: docker (expected: process; this version has no kubernetes and no docker; from --set)
            cluster.members=127.0.0.1       | sandgate.cluster.members: 127.0.0.1 (expected: host:port,host:port,...; from --set)
            proxy.allowed-targets=10.0.0.1/8| sandgate.proxy.allowed-targets: 10.0.0.1/8 (expected: address ranges such as 127.64.0.0/10,10.1.0.0/16; from --set)
            sandbox.stop-on-exit=yes        | sandgate.sandbox.stop-on-exit: yes (expected: true or false; from --set)
            api.keys=ann:e2b_12             | sandgate.api.keys: (hidden) (expected: name:e2b_<40 hexadecimal digits>[,...], with no name or key twice; from --set)
            admin.token=short               | sandgate.admin.token: (hidden) (expected: at least 16 characters; from --set)
            templates.a.command='x          | sandgate.templates.a.command: 'x (expected: a command line, or a list of words; from --set)
            templates.a.ready-port=8000     | sandgate.templates.a.ready-port: 8000 (expected: a template with a command, which could open the port; from --set)
            log.level=loud                  | sandgate.log.level: loud (expected: trace or debug or info or warn or error; from --set)
            public.prot=80                  | sandgate.public.prot: no such setting (did you mean sandgate.public.port?; from --set)
            wholly.unknown=x                | sandgate.wholly.unknown: no such setting (`sandgate config` lists all; from --set)
            shards.token=x                  | sandgate.shards.sink: not set (expected: none, events, file:<path>, a URL that begins with https://, or for this machine with http://; needed because sandgate.shards.token is set)
            shards.sink=ftp://h/            | sandgate.shards.sink: ftp://h/ (expected: none, events, file:<path>, a URL that begins with https://, or for this machine with http://; from --set)
            shards.sink=http://10.0.0.1/    | sandgate.shards.sink: http://10.0.0.1/ (expected: none, events, file:<path>, a URL that begins with https://, or for this machine with http://; from --set)
            shards.api-url=http://a.example | sandgate.shards.api-url: http://a.example (expected: a URL that begins with https://, or for this machine with http://; from --set)
            shards.intents=GUILD            | sandgate.shards.intents: GUILD (expected: default, all, none, a number, or names of intents parted by commas; from --set)
            shards.count=0                  | sandgate.shards.count: 0 (expected: auto or 1-100000; from --set)
            shards.events=message           | sandgate.shards.events: message (expected: names of events such as MESSAGE_CREATE, parted by commas; from --set)
            shards.grace=5s                 | sandgate.shards.grace: 5s (expected: at least twice sandgate.shards.lease, which is 3s: so long can it take to elect another leader; from --set)
            shards.max-backoff=500ms        | sandgate.shards.max-backoff: 500ms (expected: at least sandgate.shards.backoff, which is 1s; from --set)
            shards.backfill.min=3m          | sandgate.shards.backfill.max: 2m (expected: at least sandgate.shards.backfill.min, which is 3m; from default)
            shards.backfill.per-guilds=1s   | sandgate.shards.backfill.per-guilds: no such setting (did you mean sandgate.shards.backfill.per-guild?; from --set)
            events.memory=1TiB              | sandgate.events.memory: 1TiB (expected: 64KiB-64GiB, a number with B, KiB, MiB or GiB; from --set)
            events.disk=20MiB               | sandgate.events.segment: 32MiB (expected: at most a quarter of sandgate.events.disk; from default)
            events.segment=128KiB           | sandgate.events.max-event: 256KiB (expected: at most sandgate.events.segment; from default)
            events.ping=11s                 | sandgate.events.pong-timeout: 20s (expected: at least twice sandgate.events.ping, which is 11s; from default)
            webhooks.max=5                  | sandgate.webhooks.max: 5 (expected: at least sandgate.webhooks.max-per-team, which is 20; from --set)
            connections.ping=40s            | sandgate.connections.idle-timeout: 45s (expected: at least twice sandgate.connections.ping, which is 40s; from default)
            connections.max-message=512KiB  | sandgate.connections.pending: 256KiB (expected: at least 1KiB more than sandgate.connections.max-message; from default)
            shards.backfill=false           | sandgate.shards.backfill: no such setting (`sandgate config` lists all; from --set)
            templates.A.command=x           | sandgate.templates.A.command: no such setting (expected: sandgate.templates.<name of a-z, 0-9 and dashes>.environment.<VAR> or .command or .ready-port or .cpu-count or .memory-mb or .disk-mb or .warm or .max-open-files or .max-processes; from --set)
            public.port                     | --set public.port (expected: area.name=value)
            sync.backoff=70ms               | sandgate.sync.backoff: 70ms (expected: less: with sync.attempts=3, sync.backoff-factor=2.0 and sync.jitter=0.5 the longest sleeps add up to 315ms, and must stay below sandgate.sync.request-timeout, which is 200ms; from --set)
            sync.peer-deadline=100ms        | sandgate.sync.peer-deadline: 100ms (expected: at least sandgate.sync.request-timeout, which is 200ms; from --set)
            sync.max-in-flight=4            | sandgate.sync.max-in-flight-slow: 8 (expected: at most sandgate.sync.max-in-flight, which is 4; from default)
            cluster.heartbeat=3s            | sandgate.cluster.routable-timeout: 5s (expected: more than twice sandgate.cluster.heartbeat; from default)
            cluster.dead-timeout=10s        | sandgate.cluster.dead-timeout: 10s (expected: more than twice sandgate.cluster.routable-timeout; from --set)
            sandbox.max-timeout=1m          | sandgate.sandbox.default-timeout: 5m (expected: at most sandgate.sandbox.max-timeout, which is 1m; from default)
            replica.drain-timeout=15s       | sandgate.replica.drain-timeout: 15s (expected: with sandgate.replica.drain-delay, which is 2s, below sandgate.replica.stop-timeout, which is 15s; from --set)
            sandbox.addresses=10.0.0.0/8    | sandgate.sandbox.addresses: 10.0.0.0/8 (expected: a range inside sandgate.proxy.allowed-targets, or nobody could reach the sandboxes; from --set)
            sandbox.shown-paths=srv/tools   | sandgate.sandbox.shown-paths: srv/tools (expected: absolute paths of folders, parted by commas; from --set)
            public.port=0                   | sandgate.replica.id: not set (expected: a name, because with sandgate.public.port=0 it cannot be made from the port)
            """, quoteCharacter = '"')
    void assignment_notAllowed_isRefusedInOneLine(String assignment, String message) {
        assertThatThrownBy(() -> Settings.load(SettingSources.assigned(assignment)))
                .isInstanceOf(SettingsException.class).hasMessage(message);
    }

    @Test
    void backoff_longestSleepsExactlyTheTimeout_isRefused() {
        // One sleep of 100 ms times 1.5 would be 150 ms.
        assertThatThrownBy(() -> Settings.load(SettingSources.assigned("sync.attempts=2", "sync.backoff=100ms",
                "sync.request-timeout=150ms"))).isInstanceOf(SettingsException.class);
        assertThat(Settings.load(SettingSources.assigned("sync.attempts=2", "sync.backoff=100ms",
                "sync.request-timeout=151ms")).sync().attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            public.host=0.0.0.0  | sandgate.api.keys: not set (expected: name:e2b_<40 hexadecimal digits>[,...], with no name or key twice; needed because sandgate.public.host=0.0.0.0 is not loopback)
            admin.host=10.0.0.1  | sandgate.admin.token: not set (expected: at least 16 characters; needed because sandgate.admin.host=10.0.0.1 is not loopback)
            admin.host=machine   | sandgate.admin.token: not set (expected: at least 16 characters; needed because sandgate.admin.host=machine is not loopback)
            peer.host=0.0.0.0    | sandgate.cluster.secret: not set (expected: at least 16 characters; needed because sandgate.peer.host=0.0.0.0 is not loopback)
            peer.advertise=a:1   | sandgate.cluster.secret: not set (expected: at least 16 characters; needed because sandgate.peer.advertise=a is not loopback)
            cluster.host=::      | sandgate.cluster.secret: not set (expected: at least 16 characters; needed because sandgate.cluster.host=0:0:0:0:0:0:0:0 is not loopback)
            cluster.members=a:1  | sandgate.cluster.secret: not set (expected: at least 16 characters; needed because sandgate.cluster.members=a is not loopback)
            """)
    void listener_beyondLoopbackWithoutItsSecret_isRefused(String assignment, String message) {
        assertThatThrownBy(() -> Settings.load(SettingSources.assigned(assignment)))
                .isInstanceOf(SettingsException.class).hasMessage(message);
    }

    @Test
    void shownPaths_thatShowWhatTheReplicaKeeps_areRefused() throws Exception {
        Path shown = Files.createDirectories(directory.resolve("shown"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), shown);
        Path file = Files.writeString(shown.resolve("sandgate.yaml"), "sandgate:\n  log.level: debug\n");
        String setting = "sandbox.shown-paths=/usr/share," + link;
        for (List<String> kept : List.of(List.of("data.dir=" + shown.resolve("data/r")),
                List.of("data.dir=" + directory.resolve("link")), List.of("data.dir=" + directory),
                List.of("public.tls-certificate=c", "public.tls-key=" + shown.resolve("key.pem")),
                List.of("cluster.tls-certificate=c", "cluster.tls-ca=a", "cluster.tls-key=" + link + "/k"))) {
            List<String> all = Stream.concat(Stream.of(setting), kept.stream()).toList();

            assertThatThrownBy(() -> Settings.load(SettingSources.assigned(all.toArray(String[]::new)))).as("%s", kept)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("sandgate.sandbox.shown-paths: /usr/share,"
                            + link + " (expected: folders that do not show /");
        }
        assertThatThrownBy(() -> Settings.load(new SettingSources(file, Map.of(), List.of(setting), () -> "h")))
                .isInstanceOf(SettingsException.class).hasMessageContaining("do not show " + file.toRealPath());
        assertThat(Settings.load(SettingSources.assigned(setting, "data.dir=" + directory.resolve("data"))).sandboxes()
                .confinement().shownPaths()).containsExactly(Path.of("/usr/share"), link);
    }

    @Test
    void members_besideDns_areRefused() {
        assertThatThrownBy(() -> Settings.load(SettingSources.assigned("cluster.discovery=dns",
                "cluster.dns-query=localhost", "cluster.members=127.0.0.1:7800"))).isInstanceOf(SettingsException.class)
                .hasMessage("sandgate.cluster.members: 127.0.0.1:7800 (expected: nothing, or"
                        + " sandgate.cluster.discovery=static; the members are found in DNS; from --set)");
    }

    @Test
    void dns_withoutTheSecret_isTakenForThisMachineAlone() {
        assertThat(Settings.load(SettingSources.assigned("cluster.discovery=dns", "cluster.dns-query=localhost"))
                .cluster().dns()).isPresent();
        assertThatThrownBy(() -> Settings.load(SettingSources.assigned("cluster.discovery=dns",
                "cluster.dns-query=peers.example"))).isInstanceOf(SettingsException.class)
                .hasMessage("sandgate.cluster.secret: not set (expected: at least 16 characters; needed because"
                        + " sandgate.cluster.dns-query=peers.example is not loopback)");
    }

    @Test
    void trafficOfReplicas_beyondLoopbackWithTheSecretOrCertificates_isTaken() {
        Settings secret = Settings.load(SettingSources.assigned("peer.host=10.0.0.1", "cluster.host=10.0.0.1",
                "cluster.members=b:7800", "cluster.secret=0123456789abcdef"));
        Settings certificates = Settings.load(SettingSources.assigned("peer.host=0.0.0.0", "peer.advertise=b:7789",
                "cluster.tls-certificate=c", "cluster.tls-key=k", "cluster.tls-ca=a"));

        assertThat(secret.peer().host()).isEqualTo("10.0.0.1");
        assertThat(certificates.cluster().isTrusted()).isTrue();
    }

    @Test
    void peerListener_onEveryAddressWithoutOneToTellTheOthers_isRefused() {
        assertThatThrownBy(() -> Settings.load(
                SettingSources.assigned("peer.host=0.0.0.0", "cluster.secret=0123456789abcdef")))
                .isInstanceOf(SettingsException.class)
                .hasMessage("sandgate.peer.advertise: not set (expected: host:port"
                        + " that the other replicas reach; needed because sandgate.peer.host=0.0.0.0 is every address)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cluster.tls-key=k         | cluster.tls-ca=a  | sandgate.cluster.tls-certificate: not set
            cluster.tls-certificate=c | cluster.tls-ca=a  | sandgate.cluster.tls-key: not set
            cluster.tls-certificate=c | cluster.tls-key=k | sandgate.cluster.tls-ca: not set
            """)
    void certificates_thatAreNotAllThere_areRefused(String one, String two, String message) {
        assertThatThrownBy(() -> Settings.load(SettingSources.assigned(one, two)))
                .isInstanceOf(SettingsException.class).hasMessage(
                        message + " (expected: a path; certificate, key and ca are needed together)");
    }

    @Test
    void listener_beyondLoopbackWithItsSecret_isTaken() {
        Settings settings = Settings.load(SettingSources.assigned("public.host=0.0.0.0", "admin.host=0.0.0.0",
                "admin.token=0123456789abcdef", "api.keys=a:e2b_00112233445566778899aabbccddeeff00112233"));

        assertThat(settings.publicListener().host()).isEqualTo("0.0.0.0");
    }

    @Test
    void variable_unknown_isRefusedWithTheNearest() {
        assertThatThrownBy(() -> Settings.load(environment("SANDGATE_PUBLIC_PROT", "1")))
                .isInstanceOf(SettingsException.class).hasMessage("SANDGATE_PUBLIC_PROT: no such setting"
                        + " (did you mean SANDGATE_PUBLIC_PORT?; from environment)");
        assertThatThrownBy(() -> Settings.load(environment("SANDGATE_SHARDS_TOKEN", "1")))
                .isInstanceOf(SettingsException.class);
    }

    @Test
    void variable_invalid_isNamed() {
        assertThatThrownBy(() -> Settings.load(environment("SANDGATE_PUBLIC_PORT", "tcp://10.0.0.1:80")))
                .isInstanceOf(SettingsException.class).hasMessage("sandgate.public.port: tcp://10.0.0.1:80"
                        + " (expected: 0-65535, where 0 takes any free port; from environment SANDGATE_PUBLIC_PORT)");
    }

    @Test
    void variable_ofTheLauncherOrAnotherProgram_isLeftAlone() {
        assertThat(Settings.load(environment("SANDGATE_JAVA_OPTS", "-Xmx1g")).publicListener().port()).isEqualTo(8080);
        assertThat(Settings.load(environment("PUBLIC_PORT", "1")).publicListener().port()).isEqualTo(8080);
    }

    @Test
    void sources_allGiveTheSame_theLaterWins() throws Exception {
        Path file = file("public: {port: 1, domain: from.file}\npeer.port: 1\n");
        Settings settings = Settings.load(new SettingSources(file,
                Map.of("SANDGATE_PUBLIC_PORT", "2", "SANDGATE_PEER_PORT", "2"),
                List.of("public.port=3", "sandgate.public.port=4"), () -> "h"));

        assertThat(settings.publicListener().domain()).isEqualTo("from.file");
        assertThat(settings.peer().port()).isEqualTo(2);
        assertThat(settings.publicListener().port()).isEqualTo(4);
    }

    @Test
    void explanation_namesTheSource() throws Exception {
        Path file = file("\npublic:\n  domain: from.file\n");
        assertThat(Settings.explain(new SettingSources(file, Map.of(), List.of(), () -> "h")).effective())
                .filteredOn(setting -> setting.name().equals("sandgate.public.domain"))
                .extracting(EffectiveSetting::source).containsExactly(file + " line 3");
    }

    @Test
    void file_withLists_keepsTheirEntriesApart() throws Exception {
        Path file = file("""
                templates:
                  py:
                    command: [python3, -c, "print('a, b')"]
                    ready-port: 8000
                    environment: {A: "1,2"}
                cluster.members:
                  - 127.0.0.1:7800
                  - 127.0.0.1:7801
                """);
        Settings settings = load(file);

        Template template = settings.templates().get("py");
        assertThat(template).isNotNull();
        assertThat(template.command()).containsExactly("python3", "-c", "print('a, b')");
        assertThat(template.environment()).containsEntry("A", new Secret("1,2"));
        assertThat(settings.cluster().members()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            public: {prot: 1}            | sandgate.public.prot: no such setting (did you mean sandgate.public.port?; from FILE line 1)
            public: {port: 1, port: 2}   | --config FILE, line 1: not YAML: Duplicate field 'port'
            public.port: [1, 2]          | sandgate.public.port: 1,2 (expected: 0-65535, where 0 takes any free port; from FILE line 1)
            public.port:                 | sandgate.public.port: (empty) (expected: 0-65535, where 0 takes any free port; from FILE line 1)
            public.port: ~               | sandgate.public.port: (empty) (expected: a value; from FILE line 1)
            - a                          | FILE line 1: [ (expected: area.name: value)
            """)
    void file_withSomethingWrong_isRefusedWithItsLine(String yaml, String message) throws Exception {
        Path file = file(yaml + "\n");

        assertThatThrownBy(() -> load(file)).isInstanceOf(SettingsException.class)
                .hasMessage(message.replace("FILE", file.toString()));
    }

    @Test
    void file_givingASettingNestedAndDotted_isRefused() throws Exception {
        Path file = file("public: {port: 1}\npublic.port: 2\n");

        assertThatThrownBy(() -> load(file)).isInstanceOf(SettingsException.class)
                .hasMessage("sandgate.public.port: given twice (expected: once; from " + file + " line 2)");
    }

    @Test
    void file_missing_isRefusedWithItsName() {
        assertThatThrownBy(() -> load(directory.resolve("none.yaml"))).isInstanceOf(SettingsException.class)
                .hasMessageContaining("none.yaml").hasMessageContaining("cannot be read");
    }

    @Test
    void file_empty_givesNothing() throws Exception {
        assertThat(load(file("# nothing\n")).publicListener().port()).isEqualTo(8080);
    }

    private Path file(String yaml) throws Exception {
        return Files.writeString(directory.resolve("sandgate.yaml"), yaml);
    }

    private static Settings load(Path file) {
        return Settings.load(new SettingSources(file, Map.of(), List.of(), () -> "h"));
    }

    private static SettingSources environment(String name, String value) {
        return new SettingSources(null, Map.of(name, value), List.of(), () -> "h");
    }
}
