package io.sandgate.sandbox.isolation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Programs of the machine that set something up and end.
final class Commands {

    private static final long PATIENCE_SECONDS = 20;

    private Commands() {}

    /// Whether a program is on the search path.
    static boolean has(String program) {
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "/usr/sbin:/usr/bin:/sbin:/bin" : path).split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /// Runs one to its end.
    ///
    /// @param input what it reads
    /// @throws IOException with what it said, when it fails or does not end
    static void run(String input, String... words) throws IOException {
        Process process = new ProcessBuilder(List.of(words)).redirectErrorStream(true).start();
        try (var out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8).strip();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(words[0] + " did not end within " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new IOException("interrupted while " + words[0] + " ran", e);
        }
        if (process.exitValue() != 0) {
            throw new IOException(words[0] + " failed: " + (said.isEmpty() ? "exit " + process.exitValue() : said));
        }
    }
}
