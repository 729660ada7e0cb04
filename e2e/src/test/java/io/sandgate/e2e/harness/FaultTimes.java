package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.awaitility.core.ThrowingRunnable;

import static org.awaitility.Awaitility.await;

/// How long a cluster took for one fault: a line on standard output and in `target/faults-1.txt`, such as
/// `fault=partition-full detected_ms=9400 agreed_ms=5120`. Figures for people: no test depends on them.
public final class FaultTimes implements AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Path FILE = Program.logs().resolveSibling("faults-" + MachineShare.name() + ".txt");
    private static boolean begun;

    private final StringBuilder line;
    private long since = System.nanoTime();

    /// @param fault a word for it
    public FaultTimes(String fault) {
        line = new StringBuilder("fault=").append(fault);
    }

    /// Does something, from whose end on the next times are counted.
    public void from(Runnable change) {
        change.run();
        since = System.nanoTime();
    }

    /// Waits until an assertion holds.
    ///
    /// @param what a word for how long that took
    public void until(String what, ThrowingRunnable assertion) {
        await(what).atMost(WITHIN).pollDelay(Duration.ZERO).pollInterval(POLL).ignoreExceptions()
                .untilAsserted(assertion);
        line.append(' ').append(what).append("_ms=").append(Duration.ofNanos(System.nanoTime() - since).toMillis());
    }

    /// Says what was measured; after a failure, as far as it came.
    @Override
    public void close() {
        System.out.println(line);
        synchronized (FaultTimes.class) {
            try {
                Files.createDirectories(FILE.getParent());
                if (!begun) {
                    Files.deleteIfExists(FILE);
                    begun = true;
                }
                Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(FILE.toString(), e);
            }
        }
    }
}
