package io.sandgate.api.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A `serve` in a process of its own: its parent holds its standard input open, and it stops when that ends.
final class ReplicaProcess {

    /// How far its start is. starting -> joining -> ready; any -> stopped.
    enum Phase {
        STARTING, JOINING, READY, STOPPED
    }

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    /// Enough of the log's end for the lines that say why it stopped.
    private static final int TAIL_BYTES = 4096;
    private static final int TAIL_LINES = 10;
    private static final long MAX_LOG_BYTES = 16 * 1024 * 1024;

    private final LocalReplica plan;
    private final Path log;
    private final Process process;
    private boolean uncuttable;

    private ReplicaProcess(LocalReplica plan, Path log, Process process) {
        this.plan = plan;
        this.log = log;
        this.process = process;
    }

    /// Starts it; its output goes to its log, and the log of the run before is kept beside it.
    static ReplicaProcess start(LocalReplica plan, List<String> command, Map<String, String> environment,
            Path workingDirectory) {
        try {
            Path log = workingDirectory.resolve(plan.log());
            Files.createDirectories(workingDirectory.resolve(plan.directory()));
            if (Files.exists(log)) {
                Files.move(log, older(log), StandardCopyOption.REPLACE_EXISTING);
            }
            // appended to, so that what comes after a cut is at the start of the file
            ProcessBuilder builder = new ProcessBuilder(command).directory(workingDirectory.toFile())
                    .redirectErrorStream(true).redirectOutput(Redirect.appendTo(log.toFile()));
            builder.environment().clear();
            builder.environment().putAll(environment);
            return new ReplicaProcess(plan, log, builder.start());
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED,
                    "cannot start " + plan.id() + " in " + plan.directory() + ": " + Failures.oneLine(e), e);
        }
    }

    LocalReplica plan() {
        return plan;
    }

    boolean alive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /// Asks its admin listener how far it is. An admin listener that answers before the replica has joined says 503.
    Phase phase(HttpClient client) {
        if (!alive()) {
            return Phase.STOPPED;
        }
        try {
            URI uri = URI.create("http://" + plan.admin() + "/readyz");
            HttpRequest request = HttpRequest.newBuilder(uri).timeout(PROBE_TIMEOUT).build();
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            return status == 200 ? Phase.READY : Phase.JOINING;
        } catch (IOException e) {
            return Phase.STARTING;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Phase.STARTING;
        }
    }

    /// Sets a log that has grown too long aside, in place of the one that was set aside before. Lines that are written
    /// at the same moment are lost.
    ///
    /// @return why that failed, the first time; it is not tried again then
    Optional<String> boundLog() {
        try {
            if (!uncuttable && Files.size(log) > MAX_LOG_BYTES) {
                Files.copy(log, older(log), StandardCopyOption.REPLACE_EXISTING);
                try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
                    file.truncate(0);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            uncuttable = true;
            return Optional.of("cannot cut the log " + plan.log() + ": " + Failures.oneLine(e));
        }
    }

    private static Path older(Path log) {
        return log.resolveSibling(log.getFileName() + ".1");
    }

    void terminate() {
        process.destroy();
    }

    /// Waits until it has stopped, and ends it when that takes longer than given.
    void awaitStop(Duration atMost) {
        try {
            if (process.waitFor(Math.max(1, atMost.toMillis()), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /// The last lines of its log.
    List<String> lastLines() {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(0, file.length() - TAIL_BYTES);
            byte[] tail = new byte[(int) (file.length() - start)];
            file.seek(start);
            file.readFully(tail);
            List<String> lines = new String(tail, StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        } catch (IOException e) {
            return List.of("(its log cannot be read)");
        }
    }
}
