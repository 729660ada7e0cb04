package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.CounterServer;
import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.Http;
import io.sandgate.e2e.harness.Program;
import io.sandgate.e2e.harness.ReplicaPlan;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.Run;
import io.sandgate.e2e.harness.SandboxProcesses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Replicas that cannot start: one line says why and what to do, and what was there is left as it was.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BadStartIT {

    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final String DATABASE = "sandboxes.db";

    @AutoClose
    private static final Http http = new Http();

    private final Path directory = Directories.temporary("bad-start");
    private final Path data = directory.resolve("data");
    private final ReplicaPlan plan = ReplicaPlan.free("alone", data, Program.logs().resolve("BadStartIT.log"),
            settings());
    private final ReplicaProcess replica = new ReplicaProcess(plan, ClusterProcesses.KEY, http);

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(CounterServer.settings());
        settings.put("api.keys", ClusterProcesses.KEYS);
        settings.put("sandbox.isolation", "required");
        return settings;
    }

    @AfterEach
    void cleanUp() {
        replica.close();
        Directories.remove(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"public", "peer", "admin", "cluster"})
    void port_taken_isNamedWithItsSetting(String listener) throws IOException {
        int port = switch (listener) {
            case "public" -> plan.publicPort();
            case "peer" -> plan.peerPort();
            case "admin" -> plan.adminPort();
            default -> plan.clusterPort();
        };
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Run run = start(plan);

            assertThat(run.exitCode()).isEqualTo(FAILED);
            assertThat(run.err()).contains("127.0.0.1:" + taken.getLocalPort())
                    .contains(listener + " listener").contains("sandgate." + listener + ".port");
            assertOneLine(run);
        }
    }

    @Test
    void dataDirectory_thatIsAFile_isRefusedAndTheFileKept() throws IOException {
        Files.writeString(data, "somebody's notes");

        Run run = start(plan);

        assertThat(run.exitCode()).isEqualTo(FAILED);
        assertThat(run.err()).contains(data.toString()).contains("sandgate.data.dir");
        assertThat(data).hasContent("somebody's notes");
        assertOneLine(run);
    }

    @Test
    void database_corrupt_isRefusedAndKeptByteForByte() throws IOException {
        runOnce();
        Path file = data.resolve(DATABASE);
        byte[] whole = Files.readAllBytes(file);
        byte[] damaged = whole.clone();
        for (int i = 0; i < damaged.length; i += 3) {
            damaged[i] ^= 0x5a;
        }
        Files.write(file, damaged);

        Run run = start(plan);

        assertThat(run.exitCode()).isEqualTo(FAILED);
        assertThat(run.err()).contains(file.toString()).contains("backup");
        assertThat(file).hasBinaryContent(damaged);
        assertOneLine(run);
    }

    @Test
    void record_halfWritten_isRefusedAndNothingIsLost() throws IOException, SQLException {
        replica.start().awaitReady();
        String id = replica.api().created("counter");
        String pid = replica.sandboxes().get(id, CounterServer.PORT, "/pid").body();
        assertThat(replica.sigterm()).isZero();
        change("UPDATE sandbox SET metadata = '{\"cut\":\"of' WHERE id = '" + id + "'");

        Run run = start(plan);

        assertThat(run.exitCode()).isEqualTo(FAILED);
        assertThat(run.err()).contains(id);
        assertOneLine(run);
        assertThat(SandboxProcesses.of(id)).as("its process goes on").isNotEmpty();
        change("UPDATE sandbox SET metadata = '{}' WHERE id = '" + id + "'");
        replica.start().awaitReady();
        assertThat(replica.sandboxes().get(id, CounterServer.PORT, "/pid").body()).isEqualTo(pid);
    }

    @Test
    void dataDirectory_ofRunningReplica_isRefusedAndThatOneGoesOn() {
        replica.start().awaitReady();
        String id = replica.api().created("base");

        Run run = start(ReplicaPlan.free("second", data, plan.log(), plan.settings()));

        assertThat(run.exitCode()).isEqualTo(FAILED);
        assertThat(run.err()).contains(data.toString()).contains("another replica");
        assertOneLine(run);
        assertThat(replica.api().get(id).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"public.prot=1|sandgate.public.prot|sandgate.public.port",
            "public.port=70000|sandgate.public.port|0-65535", "public.port=http|sandgate.public.port|0-65535",
            "sync.wait=soon|sandgate.sync.wait|ms",
            "sync.backoff=150ms|sandgate.sync.backoff|sandgate.sync.request-timeout",
            "sandbox.driver=docker|sandgate.sandbox.driver|process",
            "sandbox.addresses=10.0.0.0/8|sandgate.sandbox.addresses|sandgate.proxy.allowed-targets",
            "proxy.allowed-targets=169.254.0.0/16|sandgate.proxy.allowed-targets|",
            "cluster.members=nowhere|sandgate.cluster.members|host:port",
            "templates.t.ready-port=80|sandgate.templates.t.ready-port|command",
            "api.keys=me:secret-but-short|sandgate.api.keys|e2b_",
            "peer.host=0.0.0.0|sandgate.peer.host|loopback", "cluster.host=192.168.0.1|sandgate.cluster.host|loopback",
            "admin.host=0.0.0.0|sandgate.admin.token|not set"})
    void setting_bad_isNamedWithWhatIsAllowed(String setting, String name, @Nullable String expected) {
        Run run = start(plan.with(setting.substring(0, setting.indexOf('=')),
                setting.substring(setting.indexOf('=') + 1)));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(USAGE);
        assertThat(run.err()).contains(name);
        if (expected != null) {
            assertThat(run.err()).contains(expected);
        }
        assertThat(run.err()).doesNotContain("secret-but-short");
        assertOneLine(run);
        assertThat(data).doesNotExist();
    }

    @Test
    void publicListener_beyondLoopbackWithoutKeys_isRefused() {
        ReplicaPlan open = new ReplicaPlan("open", plan.host(), plan.publicPort(), plan.peerPort(), plan.adminPort(),
                plan.clusterPort(), data, plan.log(), Map.of("public.host", "0.0.0.0"));

        Run run = start(open);

        assertThat(run.exitCode()).isEqualTo(USAGE);
        assertThat(run.err()).contains("sandgate.api.keys: not set").contains("loopback");
    }

    private static Run start(ReplicaPlan plan) {
        return Run.program(plan.arguments());
    }

    private void runOnce() {
        replica.start().awaitReady();
        assertThat(replica.sigterm()).isZero();
    }

    private void change(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve(DATABASE));
                Statement sql = connection.createStatement()) {
            assertThat(sql.executeUpdate(statement)).isEqualTo(1);
        }
    }

    private static void assertOneLine(Run run) {
        List<String> lines = run.err().lines().filter(line -> !line.isBlank()).toList();
        assertThat(lines.getLast()).as("the last line of %s", run.err()).startsWith("sandgate: ");
        assertThat(run.err()).doesNotContain("\tat ");
    }
}
