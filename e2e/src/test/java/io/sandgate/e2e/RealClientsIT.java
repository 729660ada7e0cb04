package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClientsWorld;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.InstalledProgram;
import io.sandgate.e2e.harness.Program;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Programs that others wrote, through a replica that does not run the sandbox.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealClientsIT {
    private static final int BODY = 20_000_000;
    private static final int LARGE_MESSAGE = 8_000_000;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.shared();

    @AutoClose
    private static final ClientsWorld world = new ClientsWorld();

    @TempDir
    private static Path directory;

    private final ReplicaProcess owner = cluster.replica(1);
    private final ReplicaProcess other = cluster.replica(2);

    private String host() {
        return world.port() + "-" + owner.api().created("base") + ".localhost";
    }

    private String url(String host, String path) {
        return "http://" + host + ":" + other.plan().publicPort() + path;
    }

    private static String output(List<String> command) {
        return output(command, Map.of());
    }

    private static String output(List<String> command, Map<String, String> environment) {
        Run run = Run.of(command, directory, environment);
        assertThat(run.exitCode()).as("%s%n%s%n%s", command, run.out(), run.err()).isZero();
        return run.out();
    }

    private String curl(String version, String host, String path, String... more) {
        List<String> command = new ArrayList<>(List.of(InstalledProgram.path("curl", "apt-get install curl"), "-sS",
                "--max-time", "60", version, "--resolve", host + ":" + other.plan().publicPort() + ":127.0.0.1"));
        command.addAll(List.of(more));
        command.add(url(host, path));
        return output(command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.0", "--http1.1", "--http2-prior-knowledge", "--http2"})
    void curl_downloadsUploadsAndAsksForRanges(String version) throws Exception {
        String host = host();
        Path upload = Files.write(directory.resolve("upload"), new byte[BODY]);
        Path download = directory.resolve("download");

        curl(version, host, "/bytes?length=" + BODY, "-o", download.toString());
        assertThat(Files.size(download)).isEqualTo(BODY);
        assertThat(curl(version, host, "/bytes?length=100", "-r", "10-14", "-w", " %{http_code}"))
                .isEqualTo("01234 206");
        assertThat(curl(version, host, "/count", "-T", upload.toString())).isEqualTo("PUT " + BODY);
        assertThat(curl(version, host, "/count", "-d", "abc")).isEqualTo("POST 3");
        assertThat(curl(version, host, "/bytes?length=100", "-I", "-o", "head", "-w", "%{http_code} %{size_download}"))
                .isEqualTo("200 0");
        // the upgrade to HTTP/2 is not taken, and the request is answered in HTTP/1.1
        assertThat(curl(version, host, "/bytes?length=1", "-w", " %{http_version}"))
                .isEqualTo("0 " + switch (version) {
                    case "--http1.0" -> "1";
                    case "--http2-prior-knowledge" -> "2";
                    default -> "1.1";
                });
    }

    @Test
    void nghttp_asksForManyAtOnceOnOneConnection() {
        String host = host();
        List<String> command = new ArrayList<>(
                List.of(InstalledProgram.path("nghttp", "apt-get install nghttp2-client"), "-ns", "-H",
                        ":authority: " + host));
        for (int i = 0; i < 20; i++) {
            command.add("http://127.0.0.1:" + other.plan().publicPort() + "/bytes?length=" + (1_000 + i));
        }

        String statistics = output(command);

        assertThat(statistics.lines().filter(line -> line.contains(" 200 "))).hasSize(20);
    }

    @Test
    void ws_talksWithAndWithoutCompression() {
        String node = InstalledProgram.path("node", "apt-get install nodejs");
        Map<String, String> environment = InstalledProgram.nodePackage(node, "ws", "apt-get install node-ws");
        String client = Program.root().resolve("e2e/src/test/js/ws-client.js").toString();

        String said = output(List.of(node, client, Integer.toString(other.plan().publicPort()), host(),
                Integer.toString(LARGE_MESSAGE)), environment);

        assertThat(said.lines()).containsExactlyElementsOf(Stream.of("plain", "deflated").flatMap(name -> Stream.of(
                "echoes", "pong ours", "ping theirs, ponged theirs", "closed 4001", "was closed 4002 go home")
                .map(line -> name + ": " + line)).toList());
        await().untilAsserted(() -> assertThat(world.closes()).contains("4001 plain is enough",
                "4001 deflated is enough"));
    }

    @Test
    void browser_talksOverWebSocketAndEventStream() throws Exception {
        String chromium = InstalledProgram.path("chromium", "apt-get install chromium");
        Process browser = Program.process(List.of(chromium, "--headless=new", "--no-sandbox", "--disable-gpu",
                "--no-first-run", "--user-data-dir=" + directory.resolve("profile"), url(host(), "/page")))
                .redirectErrorStream(true).redirectOutput(directory.resolve("browser.log").toFile()).start();
        try {
            assertThat(world.heard()).succeedsWithin(60, TimeUnit.SECONDS)
                    .isEqualTo("closed:1000 event:1 event:2 event:3 socket:hello");
        } finally {
            browser.destroy();
            browser.waitFor(10, TimeUnit.SECONDS);
            browser.destroyForcibly().waitFor();
        }
    }
}
