package io.sandgate.api.cli;

import io.sandgate.api.settings.ApiKeyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(120)
class UpCommandTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private Fixture cli = new Fixture(Path.of(""));

    @BeforeEach
    void prepare() {
        cli = new Fixture(directory);
        cli.program = FakeReplica.program();
    }

    @Test
    void replicas_allReady_areShownWithTheSharedKeyAndStopTogether() throws IOException {
        List<ProcessHandle> before = children();
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> cli.run(up(2)));

        await().atMost(LONG).until(() -> cli.out().contains("Ctrl-C stops") || code.isDone());
        String key = ApiKeyFile.in(directory.resolve("data")).read().orElseThrow().key().value();
        assertThat(cli.out()).contains("replica-1  starting").contains("replica-2  ready")
                .contains("All 2 replicas are ready").contains("export E2B_API_KEY=" + key)
                .contains("E2B_API_URL=http://127.0.0.1:").contains("http://8000-$id.localhost:");
        List<ProcessHandle> replicas = new ArrayList<>(children());
        replicas.removeAll(before);
        assertThat(replicas).hasSize(2);

        replicas.getFirst().destroyForcibly();
        await().atMost(LONG).until(() -> cli.out().contains("1 of 2 go on"));
        assertThat(code).isNotDone();

        cli.stop.request();
        assertThat(code).succeedsWithin(LONG).isEqualTo(0);
        assertThat(replicas).noneMatch(ProcessHandle::isAlive);
        assertThat(directory.resolve("data/replica-1/serve.log")).content().contains("Replica replica-1 is ready.")
                .doesNotContain(key);
        assertThat(directory.resolve("data/replica-1/api-key")).doesNotExist();
    }

    @Test
    void up_again_keepsTheKeyAndTheLogBefore() throws IOException {
        String key = ApiKeyFile.in(directory.resolve("data")).readOrCreate(new Random(9)).key().key().value();
        Files.createDirectories(directory.resolve("data/replica-1"));
        Files.writeString(directory.resolve("data/replica-1/serve.log"), "from before");
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> cli.run(up(1)));

        await().atMost(LONG).until(() -> cli.out().contains("Ctrl-C stops it;") || code.isDone());
        cli.stop.request();

        assertThat(code).succeedsWithin(LONG).isEqualTo(0);
        assertThat(cli.out()).contains(key);
        assertThat(directory.resolve("data/replica-1/serve.log.1")).content().isEqualTo("from before");
    }

    @Test
    void replica_dyingWhileItStarts_stopsAllAndShowsWhy() {
        List<ProcessHandle> before = children();
        cli.environment.put("FAKE", "dies=replica-2");

        assertThat(cli.run(up(2))).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("no luck for replica-2").contains("replica-2 stopped while starting, with exit"
                + " code 1");
        assertThat(children()).isSubsetOf(before);
    }

    @Test
    void replica_neverReady_isGivenUpAfterTheTimeout() {
        List<ProcessHandle> before = children();
        cli.environment.put("FAKE", "hangs=replica-1");

        assertThat(cli.run(up(1, "--timeout=1s", "--set=replica.stop-timeout=1s", "--set=replica.drain-timeout=0s",
                "--set=replica.drain-delay=0s")))
                .isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("replica-1 was not ready within 1 s").contains("--timeout");
        await().atMost(LONG).untilAsserted(() -> assertThat(children()).isSubsetOf(before));
    }

    @Test
    void ports_taken_areAllNamedAndNothingStarts() throws IOException {
        try (ServerSocket one = taken(); ServerSocket two = taken()) {
            assertThat(cli.run(up(1, "--set=peer.port=" + one.getLocalPort(), "--set=admin.port="
                    + two.getLocalPort()))).isEqualTo(ExitCode.FAILED);

            assertThat(cli.err().lines()).singleElement().asString()
                    .contains("127.0.0.1:" + one.getLocalPort() + " (peer listener of replica-1, sandgate.peer.port)")
                    .contains("127.0.0.1:" + two.getLocalPort() + " (admin listener of replica-1, sandgate.admin.port)")
                    .contains("--port-offset");
        }
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void arguments_thatCannotBe_areExitCodeTwo() {
        assertThat(cli.run("up", "--replicas", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("up", "--replicas", "11")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("up", "--set", "replica.id=mine")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("up", "--port-offset", "60000")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("up", "--replicas", "3", "--set", "peer.port=7799")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("--replicas: 11 (expected: 1-10)").contains("sandgate.replica.id: mine")
                .contains("sandgate.public.port: 8080").contains("ports needed twice: 127.0.0.1:7800");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void up_endedBySigterm_stopsItsReplicasAndExitsWithZero() throws IOException {
        Process up = startUp();
        List<ProcessHandle> replicas = up.descendants().toList();

        up.destroy();

        assertThat(up.onExit()).succeedsWithin(LONG).extracting(Process::exitValue).isEqualTo(0);
        assertThat(replicas).hasSize(2);
        await().atMost(LONG).untilAsserted(() -> assertThat(replicas).noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void up_killedHard_leavesNoReplicaBehind() throws IOException {
        Process up = startUp();
        List<ProcessHandle> replicas = up.descendants().toList();

        up.destroyForcibly();

        assertThat(replicas).hasSize(2);
        await().atMost(LONG).untilAsserted(() -> assertThat(replicas).noneMatch(ProcessHandle::isAlive));
    }

    /// An `up` in a process of its own, when it is ready.
    private Process startUp() throws IOException {
        List<String> command = new ArrayList<>(FakeReplica.program());
        command.addAll(List.of(up(2)));
        Path output = directory.resolve("up.out");
        Process up = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile()).start();
        await().atMost(LONG).until(() -> Files.readString(output).contains("Ctrl-C stops") || !up.isAlive());
        assertThat(up.isAlive()).as(Files.readString(output)).isTrue();
        return up;
    }

    private static String[] up(int replicas, String... more) {
        List<String> arguments = new ArrayList<>(List.of("up", "--replicas=" + replicas));
        int port = freePorts(4 * replicas);
        for (String area : List.of("public", "peer", "admin", "cluster")) {
            arguments.add("--set=" + area + ".port=" + port);
            port += replicas;
        }
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /// The first of so many free ports in a row.
    private static int freePorts(int count) {
        while (true) {
            try (ServerSocket first = taken()) {
                int port = first.getLocalPort();
                List<PortCheck.Need> rest = new ArrayList<>();
                for (int i = 1; i < count; i++) {
                    rest.add(new PortCheck.Need("127.0.0.1", port + i, "test", "test"));
                }
                PortCheck.require(rest, "");
                return port;
            } catch (CliException | IllegalArgumentException e) {
                // One of them is taken, or there are not so many above the first: another round tries elsewhere.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static ServerSocket taken() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current().children().toList();
    }
}
