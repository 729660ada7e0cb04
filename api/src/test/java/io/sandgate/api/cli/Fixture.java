package io.sandgate.api.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Runs commands in a world of the test's own.
final class Fixture {

    static final String KEY = "e2b_00112233445566778899aabbccddeeff00112233";
    static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    final Map<String, String> environment = new HashMap<>();
    final StopRequest stop = new StopRequest(hook -> {}, () -> {});
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Path directory;
    PrintWriter printer = new PrintWriter(out, true);
    ReplicaStarter starter = (settings, keys) -> {
        throw new IllegalStateException("no replica in this test");
    };
    List<String> program = List.of();
    InputStream in = new ByteArrayInputStream(new byte[0]);
    boolean terminal;

    Fixture(Path directory) {
        this.directory = directory;
    }

    int run(String... arguments) {
        return new CommandLineTool(context()).run(arguments);
    }

    CliContext context() {
        return new CliContext(in, printer, new PrintWriter(err, true), terminal,
                environment, directory, InstantSource.fixed(NOW), System::nanoTime, new Random(1), () -> "host",
                () -> program, starter, stop);
    }

    /// From now on the output goes into a pipe whose reader has gone.
    void closeOutput() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().close();
        printer = new PrintWriter(new PrintStream(Channels.newOutputStream(pipe.sink())), false,
                StandardCharsets.UTF_8);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
