package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.linux.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Programs of the machine that set something up and end.
final class Commands {

    private static final Logger log = LoggerFactory.getLogger(Commands.class);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Commands() {}

    /// Whether a program is on the search path.
    static boolean has(String program) {
        return SearchPath.current().has(program);
    }

    /// Runs one to its end.
    ///
    /// @param input what it reads
    /// @throws IOException with what it said, when it fails or does not end
    static void run(String input, String... words) throws IOException {
        run(PATIENCE, input, words);
    }

    static void run(Duration patience, String input, String... words) throws IOException {
        Process process = new ProcessBuilder(List.of(words)).redirectErrorStream(true).start();
        AtomicBoolean late = new AtomicBoolean();
        // it may leave its output open for as long as it hangs
        var end = CompletableFuture.runAsync(() -> {
            late.set(true);
            process.destroyForcibly();
        }, CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
        try {
            String said = talk(process, input);
            int code = process.waitFor();
            if (late.get()) {
                throw new IOException(words[0] + " did not end within " + patience.toMillis() + " ms");
            }
            if (code != 0) {
                throw new IOException(words[0] + " failed: " + (said.isEmpty() ? "exit " + code : said));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new IOException("interrupted while " + words[0] + " ran", e);
        } finally {
            end.cancel(false);
        }
    }

    /// Gives it its input, which it need not read, and hears what it says.
    private static String talk(Process process, String input) throws IOException {
        try (var out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // why it read no more is said below
            log.debug("command.input-not-read reason={}", e.toString());
        }
        return new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8).strip();
    }
}
