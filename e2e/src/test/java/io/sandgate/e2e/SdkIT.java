package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.InstalledProgram;
import io.sandgate.e2e.harness.NpmPackages;
import io.sandgate.e2e.harness.Program;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.Run;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/// The real E2B SDK, unmodified: its API calls go to one replica, and what is for its sandboxes to another.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SdkIT {

    private static final Path SCRIPTS = Program.root().resolve("e2e/src/test/js/sdk");

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).isolated().patient();

    static Stream<String> versions() {
        return NpmPackages.versions(SCRIPTS.resolve("versions"));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void sdk_doesAllThatAUserDoes(String version) {
        String node = InstalledProgram.path("node", "apt-get install nodejs");
        Path installed = NpmPackages.install("e2b@" + version);
        ReplicaProcess first = cluster.replica(1);

        Run run = Run.of(List.of(node, SCRIPTS.resolve("scenario.mjs").toString(), installed.toString()),
                Program.root(), Map.of("E2B_API_KEY", first.apiKey(), "E2B_API_URL", first.publicUrl(),
                        "E2B_SANDBOX_URL", cluster.replica(2).publicUrl()));

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("ok kill");
    }
}
