package io.sandgate.api.cli;

import io.sandgate.api.cli.ReplicaProcess.Phase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StartProgressTest {

    private final StringWriter out = new StringWriter();

    @Test
    void phases_withoutATerminal_areOneLineForEachChange() {
        StartProgress progress = new StartProgress(new PrintWriter(out), false, List.of("replica-1", "replica-2"));

        progress.show(List.of(Phase.STARTING, Phase.STARTING));
        progress.show(List.of(Phase.STARTING, Phase.STARTING));
        progress.show(List.of(Phase.STARTING, Phase.READY));

        assertThat(out.toString().lines()).containsExactly("  replica-1  starting", "  replica-2  starting",
                "  replica-2  ready");
    }

    @Test
    void phases_onATerminal_areDrawnOverTheOnesBefore() {
        StartProgress progress = new StartProgress(new PrintWriter(out), true, List.of("replica-1", "replica-2"));

        progress.show(List.of(Phase.STARTING, Phase.JOINING));
        progress.show(List.of(Phase.READY, Phase.READY));

        assertThat(out).hasToString("\r\033[K  replica-1  starting\n\r\033[K  replica-2  joining\n\033[2A"
                + "\r\033[K  replica-1  ready\n\r\033[K  replica-2  ready\n");
    }
}
