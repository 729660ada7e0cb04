package io.sandgate.sandbox.isolation;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.IsolationMode;
import io.sandgate.sandbox.outbound.OutboundRelay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What a machine that lacks something is told.
@Timeout(60)
class IsolationTest {

    private static final int LONGEST_PATH = 4095;

    @TempDir
    private Path directory;

    private final OutboundRelay relay = OutboundRelay.open(name -> List.of(), OutboundRelay.Limits.of(1, 1),
            System::nanoTime, new SimpleMeterRegistry());

    @AfterEach
    void close() {
        relay.close();
    }

    @BeforeEach
    void need() throws IOException {
        Needed.that((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0 && Commands.has("bwrap")
                && Commands.has("nft"), "root, bubblewrap and nftables: apt-get install bubblewrap nftables");
    }

    @Test
    void open_requiredWithoutDisks_refuses() throws IOException {
        Path deep = directory;
        int left = LONGEST_PATH - "/seccomp".length();
        for (int missing = left - deep.toString().length(); missing > 0; missing = left - deep.toString().length()) {
            deep = deep.resolve("d".repeat(missing > 202 ? 200 : missing - 1));
        }
        Files.createDirectories(deep);

        assertRefused(plan(deep, "test"), "no limit on what is written to the disk");
    }

    @Test
    void open_requiredWithoutControlGroups_refuses() {
        assertRefused(plan(directory, "n".repeat(LONGEST_PATH)), "control groups");
    }

    private Isolation.Plan plan(Path folder, String name) {
        return new Isolation.Plan(IsolationMode.REQUIRED, folder, name, "10.255.0.1", List.of(), relay);
    }

    private static void assertRefused(Isolation.Plan plan, String words) {
        assertThatThrownBy(() -> Isolation.open(plan)).isInstanceOfSatisfying(SandboxException.class,
                failure -> {
                    assertThat(failure.reason()).isEqualTo(Reason.INVALID);
                    assertThat(failure)
                            .hasMessageStartingWith("sandgate.sandbox.isolation: required").hasMessageContaining(words);
                });
    }
}
