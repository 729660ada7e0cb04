package io.sandgate.e2e.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The load generator and the sandboxes that it asks, two small programs in C that share a core.
///
/// It checks the status, the length and the beginning of each answer, which the sandbox makes of the Host and the address
/// that it was asked at: so an answer that belongs to another request is seen.
final class LoadGenerator implements AutoCloseable {

    private static final int CORE = 0;
    private static final long GIVE_UP_SECONDS = 180;
    private static final int COMPLAINTS = 4;

    private final Path program;
    private final Path directory;
    private final PlaneTargets targets;
    private final Process upstream;

    private LoadGenerator(Path program, Path directory, PlaneTargets targets, Process upstream) {
        this.program = program;
        this.directory = directory;
        this.targets = targets;
        this.upstream = upstream;
    }

    /// Compiles both and starts the sandboxes.
    ///
    /// @param directory for what is made on the way
    static LoadGenerator open(Path directory, PlaneTargets targets) throws IOException, InterruptedException {
        Path program = NativePrograms.compiled("load", directory);
        List<String> command = pinned(NativePrograms.compiled("upstream.c", directory),
                List.of(Integer.toString(targets.port())));
        Process upstream = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        LoadGenerator generator = new LoadGenerator(program, directory, targets, upstream);
        if (upstream.inputReader().readLine() == null) {
            throw new IOException("the sandboxes cannot listen on port " + targets.port());
        }
        return generator;
    }

    /// The sandboxes themselves, as if they were a proxy.
    ProxyProcess noProxy() {
        return ProxyProcess.at(PlaneStage.NONE, targets.port(), upstream.pid(), () -> {});
    }

    /// Runs it once; several may run at a time.
    ///
    /// @param sandboxes who is asked in turn
    LoadResult run(ProxyProcess proxy, Load load, List<Integer> sandboxes) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(load.words());
        int port = proxy.port(load.kind());
        // without a proxy, all of them are reached at one address
        Path asked = targets.write(Files.createTempFile(directory, "targets", ""), sandboxes,
                port == targets.port() ? number -> "127.0.0.1" : targets::address);
        words.addAll(List.of("--port", Integer.toString(port), "--targets", asked.toString(), "--proxy",
                proxy.pids().stream().map(String::valueOf).collect(Collectors.joining(",")), "--upstream",
                Long.toString(upstream.pid())));
        Path complaints = Files.createTempFile(directory, "load", ".err");
        Process process = new ProcessBuilder(pinned(program, words)).redirectError(complaints.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean ended = process.waitFor(GIVE_UP_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(complaints, StandardCharsets.ISO_8859_1).lines().filter(line -> !line.isBlank())
                .limit(COMPLAINTS).collect(Collectors.joining("; "));
        if (!ended || process.exitValue() != 0) {
            throw new IOException(proxy.name() + " cannot be measured: " + said);
        }
        if (!said.isEmpty()) {
            Progress.say(proxy.name() + ": " + said);
        }
        return LoadResult.of(new JsonObject(out));
    }

    private static List<String> pinned(Path program, List<String> words) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(CORE), program.toString()));
        command.addAll(words);
        return command;
    }

    @Override
    public void close() {
        upstream.destroy();
    }
}
