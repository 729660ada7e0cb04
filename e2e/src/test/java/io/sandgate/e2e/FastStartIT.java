package io.sandgate.e2e;

import io.sandgate.e2e.harness.BuiltTree;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.Http;
import io.sandgate.e2e.harness.ReplicaPlan;
import io.sandgate.e2e.harness.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// The cache that `bin/sandgate` makes of a rehearsal, and starts that use it or do without.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FastStartIT {

    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    @AutoClose
    private final BuiltTree tree = BuiltTree.copy();

    @AutoClose
    private final Http http = new Http();

    private final Path directory = Directories.temporary("fast-start");

    @AfterEach
    void remove() {
        Directories.remove(directory);
    }

    @Test
    void cache_madeWithTheFirstStart_isUsedUntilItDoesNotFit() throws Exception {
        Path log = directory.resolve("java.log");
        String watch = "-Xlog:aot,class+load:file=" + log;

        List<String> first = startAndStop("first", watch);
        assertThat(first).filteredOn(line -> line.startsWith("Preparing fast starts")).hasSize(1);
        assertThat(said(first)).isEmpty();
        assertThat(tree.cache()).isNotEmptyFile();
        assertThat(log).content().contains("Using AOT-linked classes: true")
                .containsPattern("io\\.sandgate\\.api\\.Replica source: shared objects file");

        assertThat(startAndStop("again", watch)).noneMatch(line -> line.startsWith("Preparing"));
        assertThat(log).content().contains("Using AOT-linked classes: true");

        List<String> unfit = startAndStop("unfit", "-XX:+UseZGC");
        assertThat(said(unfit)).singleElement().asString().contains("does not fit");

        Files.writeString(tree.cache(), "something else");
        List<String> foreign = startAndStop("foreign");
        assertThat(said(foreign)).singleElement().asString().contains("does not fit").contains(tree.fit().toString());
    }

    /// What the script and Java itself said; the rest is the replica's.
    private static List<String> said(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("sandgate:") || line.startsWith("[")).toList();
    }

    private List<String> startAndStop(String id, String... javaOptions) throws IOException, InterruptedException {
        Path log = directory.resolve(id + ".log");
        ReplicaPlan plan = ReplicaPlan.free(id, directory.resolve(id), log, Map.of("api.keys", ClusterProcesses.KEYS));
        Process replica = tree.start(plan, javaOptions);
        try {
            await().atMost(READY_WITHIN).until(() -> !replica.isAlive() || isReady(plan));
            Signals.send("TERM", replica.pid());
            assertThat(replica.waitFor(30, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
            assertThat(replica.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            replica.destroyForcibly();
        }
        return Files.readAllLines(log);
    }

    private boolean isReady(ReplicaPlan plan) {
        try {
            return http.get("http://127.0.0.1:" + plan.adminPort() + "/readyz", Map.of()).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
