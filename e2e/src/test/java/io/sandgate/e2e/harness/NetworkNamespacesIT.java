package io.sandgate.e2e.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What is left of network namespaces: nothing.
class NetworkNamespacesIT {

    @Test
    void process_thatStillRunsInOne_endsWithIt() throws IOException, InterruptedException {
        Process process;
        try (NetworkNamespaces network = NetworkNamespaces.of(1)) {
            network.open();
            List<String> command = new ArrayList<>(network.host(1).launcher());
            command.addAll(List.of("sh", "-c", "echo there; exec sleep 600"));
            process = Program.process(command).start();
            assertThat(process.inputReader().readLine()).isEqualTo("there");
        }
        try {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
    }
}
