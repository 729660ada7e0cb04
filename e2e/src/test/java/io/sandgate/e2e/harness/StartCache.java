package io.sandgate.e2e.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What Java noted in a rehearsal of the packaged program, without which each start of a replica takes a second of a
/// processor more. Made by the first JVM of a build that wants it; the others wait for it.
final class StartCache {

    private static final String PROPERTY = "sandgate.e2e.start-cache";
    private static final int MINUTES = 2;
    private static final List<String> OPTIONS = made();

    private StartCache() {}

    /// The options with which the program uses it; none where the build wants none.
    static List<String> options() {
        return OPTIONS;
    }

    private static List<String> made() {
        String wanted = System.getProperty(PROPERTY, "");
        if (wanted.isEmpty()) {
            return List.of();
        }
        Path cache = Path.of(wanted).toAbsolutePath();
        try (FileChannel alone = FileChannel.open(cache.resolveSibling(cache.getFileName() + ".lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock lock = alone.lock()) {
            if (lock.isValid() && !fits(cache)) {
                rehearse(cache);
            }
            return List.of("-XX:AOTCache=" + cache);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean fits(Path cache) throws IOException {
        return Files.exists(cache)
                && Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(Program.jar())) > 0;
    }

    private static void rehearse(Path cache) throws IOException {
        List<String> command = new ArrayList<>(Program.java());
        command.addAll(List.of("-XX:AOTCacheOutput=" + cache, "-jar", Program.jar().toString(), "rehearse"));
        Files.createDirectories(Program.logs());
        File log = Program.logs().resolve("rehearsal.log").toFile();
        Process rehearsal = Program.process(command).redirectErrorStream(true).redirectOutput(log).start();
        try {
            if (!rehearsal.waitFor(MINUTES, TimeUnit.MINUTES) || rehearsal.exitValue() != 0) {
                throw new AssertionError("no rehearsal, its output is in " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            rehearsal.destroyForcibly();
        }
    }
}
