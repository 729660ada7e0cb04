package io.sandgate.api.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// `rehearse`: serves for a moment, in a directory that it makes and removes, and ends by itself.
///
/// What the Java machine can note meanwhile is what a start of `serve` needs. There are two lives over one data directory,
/// so that the second one finds a sandbox and forwards requests to it, as after a restart.
@Command(name = "rehearse", hidden = true, description = "Serves for a moment, so that what a start needs can be noted.")
final class RehearseCommand implements Callable<Integer> {

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int REQUESTS = 200;
    private static final String KEY = "e2b_" + "0".repeat(40);

    private final CliContext context;

    RehearseCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("sandgate-rehearsal");
        try (RehearsalPage page = RehearsalPage.open()) {
            Ports ports = Ports.free();
            String id = live(directory, ports, caller -> caller.create(KEY));
            live(directory, ports, caller -> {
                for (int i = 0; i < REQUESTS; i++) {
                    caller.page(id, page.port());
                }
                caller.kill(KEY, id);
                return id;
            });
            context.out().println("Rehearsed.");
            return ExitCode.OK;
        } finally {
            remove(directory);
        }
    }

    /// What is done while a replica serves.
    @FunctionalInterface
    private interface Scene {
        String play(RehearsalCaller caller) throws IOException;
    }

    private String live(Path directory, Ports ports, Scene scene) throws IOException, InterruptedException {
        StopRequest stop = new StopRequest(hook -> {}, () -> {});
        CliContext inner = new CliContext(context.in(), context.out(), context.err(), false, Map.of(), directory,
                context.clock(), context.nanoTime(), context.random(), context.hostName(), context.program(),
                context.starter(), stop);
        Thread serving = Thread.ofPlatform().name("serve")
                .start(() -> new CommandLineTool(inner).run(ports.arguments(directory)));
        try {
            RehearsalCaller caller = new RehearsalCaller(ports.publicPort());
            long deadline = context.nanoTime().getAsLong() + READY_WITHIN.toNanos();
            while (!RehearsalCaller.isReady(ports.adminPort())) {
                if (!serving.isAlive() || context.nanoTime().getAsLong() > deadline || stop.await(LOOK)) {
                    throw new CliException(ExitCode.FAILED, "the replica of the rehearsal does not become ready");
                }
            }
            return scene.play(caller);
        } finally {
            stop.request();
            serving.join();
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private record Ports(int publicPort, int peerPort, int adminPort, int clusterPort) {
        static Ports free() {
            List<ServerSocket> held = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) {
                    held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
                }
                return new Ports(held.get(0).getLocalPort(), held.get(1).getLocalPort(), held.get(2).getLocalPort(),
                        held.get(3).getLocalPort());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                held.forEach(Ports::close);
            }
        }

        private static void close(ServerSocket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String[] arguments(Path directory) {
            return new String[]{"serve", "--set", "replica.id=rehearsal", "--set", "data.dir=" + directory, "--set",
                    "public.port=" + publicPort, "--set", "peer.port=" + peerPort, "--set", "admin.port=" + adminPort,
                    "--set", "cluster.port=" + clusterPort, "--set", "api.keys=rehearsal:" + KEY,
                    // its page is served from here, which is no place within a sandbox
                    "--set", "sandbox.isolation=off"};
        }
    }
}
