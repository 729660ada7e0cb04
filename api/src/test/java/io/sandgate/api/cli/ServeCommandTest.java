package io.sandgate.api.cli;

import io.sandgate.api.settings.ApiKeyFile;
import io.sandgate.membership.Endpoint;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(120)
class ServeCommandTest {

    @TempDir
    Path directory;

    private final AtomicInteger closed = new AtomicInteger();

    @Test
    void replica_ready_printsItsAddressesAndTheNewKey() {
        Fixture cli = ready();

        assertThat(runUntilReady(cli)).isZero();

        String key = ApiKeyFile.in(directory.resolve("r")).read().orElseThrow().key().value();
        assertThat(cli.out()).contains("Replica r1 is ready.").contains("http://127.0.0.1:1 ").contains(key);
        assertThat(closed).hasValue(1);
    }

    @Test
    void replica_startedAgain_doesNotPrintTheKey() {
        String key = ApiKeyFile.in(directory.resolve("r")).readOrCreate(new Random(5)).key().key().value();
        Fixture cli = ready();

        assertThat(runUntilReady(cli)).isZero();
        assertThat(cli.out()).doesNotContain(key).contains(directory.resolve("r").toString());
    }

    @ParameterizedTest
    @CsvSource({"--set=public.port=70000, sandgate.public.port", "--config=missing.yaml, missing.yaml"})
    void settings_wrong_areSaidTheSameInAnyForm(String argument, String named) {
        Fixture plain = new Fixture(directory);
        Fixture byPicocli = new Fixture(directory);

        assertThat(plain.run("serve", argument)).isEqualTo(ExitCode.USAGE);
        assertThat(byPicocli.run("serve", "--debug", argument)).isEqualTo(ExitCode.USAGE);

        assertThat(plain.err().lines()).singleElement().asString().startsWith("sandgate: ").contains(named);
        assertThat(byPicocli.err().lines()).first().isEqualTo(plain.err().strip());
    }

    @Test
    void replica_withConfiguredKeys_makesNone() {
        Fixture cli = ready();
        cli.environment.put("SANDGATE_API_KEYS", "ann:" + Fixture.KEY);

        assertThat(runUntilReady(cli)).isZero();
        assertThat(directory.resolve("r")).isEmptyDirectory();
        assertThat(cli.out()).doesNotContain(Fixture.KEY);
    }

    @Test
    void parent_gone_stopsTheReplica() throws IOException {
        Fixture cli = ready();
        PipedOutputStream parent = new PipedOutputStream();
        cli.in = new PipedInputStream(parent);
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> cli.run(arguments("--stop-with-parent")));

        await().until(() -> cli.out().contains("is ready"));
        assertThat(closed).hasValue(0);
        parent.close();

        assertThat(code).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(0);
        assertThat(closed).hasValue(1);
    }

    @Test
    void port_taken_isOneLineWithTheSetting() throws IOException {
        Fixture cli = ready();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThat(cli.run(arguments("--set=peer.port=" + port))).isEqualTo(ExitCode.FAILED);
            assertThat(cli.err().lines()).singleElement().asString()
                    .contains("127.0.0.1:" + port + " (peer listener, sandgate.peer.port)");
        }
        assertThat(directory.resolve("r")).doesNotExist();
    }

    @Test
    void dataDirectory_thatIsAFile_isOneLineAndKept() throws IOException {
        Fixture cli = ready();
        Files.writeString(directory.resolve("r"), "mine");

        assertThat(cli.run(arguments())).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err().lines()).singleElement().asString().contains("data directory " + directory.resolve("r"))
                .contains("sandgate.data.dir");
        assertThat(directory.resolve("r")).content().isEqualTo("mine");
    }

    @Test
    void start_failing_isOneLineWithoutAStackTrace() {
        Fixture cli = new Fixture(directory);
        cli.starter = (settings, keys) -> {
            throw new IllegalStateException("records cannot be read\nreally", new IOException("disk gone"));
        };

        assertThat(cli.run(arguments())).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).isEqualTo("sandgate: records cannot be read; really: disk gone\n");
        assertThat(cli.run(arguments("--debug"))).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("Caused by: java.io.IOException: disk gone");
    }

    @Test
    void stop_duringTheStart_endsItAndIsClean() {
        Fixture cli = new Fixture(directory);
        CountDownLatch starting = new CountDownLatch(1);
        AtomicInteger undone = new AtomicInteger();
        cli.starter = (settings, keys) -> {
            try {
                starting.countDown();
                new CountDownLatch(1).await();
                throw new AssertionError("not interrupted");
            } catch (InterruptedException e) {
                undone.incrementAndGet();
                throw new IllegalStateException("interrupted", e);
            }
        };
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> cli.run(arguments()));
        await().until(() -> starting.getCount() == 0);
        cli.stop.request();

        assertThat(code).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(ExitCode.OK);
        assertThat(undone).hasValue(1);
        assertThat(cli.out()).doesNotContain("ready");
        assertThat(cli.err()).isEmpty();
    }

    private int runUntilReady(Fixture cli) {
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> cli.run(arguments()));
        await().until(() -> cli.out().contains("is ready"));
        cli.stop.request();
        return code.join();
    }

    private Fixture ready() {
        Fixture cli = new Fixture(directory);
        cli.starter = (settings, keys) -> new RunningReplica() {
            @Override
            public String publicUrl() {
                return "http://" + publicEndpoint();
            }

            @Override
            public Endpoint publicEndpoint() {
                return new Endpoint("127.0.0.1", 1);
            }

            @Override
            public Endpoint peerEndpoint() {
                return new Endpoint("127.0.0.1", 2);
            }

            @Override
            public Endpoint adminEndpoint() {
                return new Endpoint("127.0.0.1", 3);
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        return cli;
    }

    private String[] arguments(String... more) {
        String[] common = {"serve", "--set=public.port=0", "--set=peer.port=0", "--set=admin.port=0",
                "--set=cluster.port=" + freePort(), "--set=replica.id=r1", "--set=data.dir=" + directory.resolve("r")};
        return Stream.concat(Arrays.stream(common), Arrays.stream(more))
                .toArray(String[]::new);
    }

    /// The cluster listener's port must be known to the others, so it cannot be 0.
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
