package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.BuiltTree;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.Http;
import io.sandgate.e2e.harness.LifecycleClient;
import io.sandgate.e2e.harness.ReplicaPlan;
import io.sandgate.e2e.harness.SandboxWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static io.sandgate.e2e.bench.MarkdownTable.ms;

/// How long a start takes until the first request to a sandbox is answered.
@Tag("bench")
class StartBench {

    private static final int STARTS = Scale.of(10, 3);
    private static final double GOAL_MILLIS = 700;
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final Duration GIVE_UP = Duration.ofMinutes(2);

    @AutoClose
    private static final SandboxWorld world = SandboxWorld.open();

    @AutoClose
    private static final BuiltTree fast = BuiltTree.copy();

    @AutoClose
    private static final BuiltTree plain = BuiltTree.copy().withoutCache();

    @AutoClose
    private static final Http http = new Http();

    private static final Path directory = Directories.temporary("start-bench");

    private final ReplicaPlan plan = ReplicaPlan.free("replica-1", directory.resolve("data"),
            directory.resolve("log"), Map.of("api.keys", ClusterProcesses.KEYS));

    @AfterAll
    static void remove() {
        Directories.remove(directory);
    }

    @Test
    void start_untilTheFirstAnswerOfASandbox_isShort() throws Exception {
        Progress.say("start: a rehearsal, and a sandbox that outlives its replica");
        String id = sandbox();
        Latencies with = new Latencies();
        Latencies without = new Latencies();
        for (int i = 0; i < STARTS; i++) {
            with.add(start(fast, id));
            without.add(start(plain, id));
        }
        new Report("start", "A start",
                "`bin/sandgate serve` in a built tree, over a data directory with a sandbox that "
                        + "outlived the last replica; a new connection asks for a page of it every " + LOOK.toMillis()
                        + " ms, from when the command is given until the page comes, " + STARTS
                        + " times with the cache that "
                        + "the script makes after a build, and in turn as often without.")
                .goal("first page of the sandbox, median", ms(with.p50()), "700 ms", with.p50() <= GOAL_MILLIS)
                .figure("slowest of all", ms(with.max())).figure("without the cache, median", ms(without.p50()))
                .figure("slowest of all", ms(without.max())).publish();
    }

    private String sandbox() throws IOException, InterruptedException {
        Process replica = fast.start(plan);
        try {
            await(replica, "/sandgate/probe?nonce=1");
            return new LifecycleClient(http, "http://127.0.0.1:" + plan.publicPort(), ClusterProcesses.KEY)
                    .created("base");
        } finally {
            end(replica);
        }
    }

    /// Starts it and ends it as a crash would.
    ///
    /// @return the nanoseconds until the first page came
    private long start(BuiltTree tree, String id) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process replica = tree.start(plan);
        try {
            await(replica, "/sandbox/" + id + "/" + world.port() + "/");
            return System.nanoTime() - begin;
        } finally {
            end(replica);
        }
    }

    private void await(Process replica, String path) throws IOException {
        long begin = System.nanoTime();
        while (!answers(path)) {
            if (!replica.isAlive() || System.nanoTime() - begin > GIVE_UP.toNanos()) {
                throw new AssertionError("no page\n" + Files.readString(plan.log()));
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    private boolean answers(String path) {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), plan.publicPort())) {
            socket.getOutputStream().write(request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                    .startsWith("HTTP/1.1 200");
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static void end(Process replica) throws InterruptedException {
        replica.destroyForcibly();
        if (!replica.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end");
        }
    }
}
