package io.sandgate.e2e;

import io.sandgate.e2e.harness.Certificates;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.InstalledProgram;
import io.sandgate.e2e.harness.NpmPackages;
import io.sandgate.e2e.harness.Program;
import io.sandgate.e2e.harness.ReplicaPlan;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.Run;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/// E2B's real code interpreter, unmodified, with a template that has a server of one's own: through one replica that speaks
/// plainly, and one that speaks TLS under a domain.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CodeInterpreterIT {

    private static final Path SCRIPTS = Program.root().resolve("e2e/src/test/js/code-interpreter");
    private static final Path DIRECTORY = Directories.temporary("listener");
    private static final Certificates certificates = new Certificates(DIRECTORY);
    private static final String DOMAIN = "sandboxes.test";

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).patient().set("sandbox.isolation", "required")
            .set("sandbox.token-seed", "the seed of the tokens on all replicas")
            .set("sandbox.shown-paths", SCRIPTS.toString()).set("public.domain", DOMAIN)
            .set("templates.code-interpreter-v1.command", "python3 " + SCRIPTS.resolve("server.py") + " {ip}")
            .set("templates.code-interpreter-v1.ready-port", "49999").each(CodeInterpreterIT::tls);

    private static ReplicaPlan tls(ReplicaPlan plan) {
        if (!plan.id().equals("replica-2")) {
            return plan;
        }
        certificates.issueToListener("public", "DNS:localhost,DNS:*." + DOMAIN);
        return plan.with("public.tls-certificate", certificates.certificate("public").toString())
                .with("public.tls-key", certificates.key("public").toString());
    }

    @AfterAll
    static void removeCertificates() {
        Directories.remove(DIRECTORY);
    }

    static Stream<String> versions() {
        return NpmPackages.versions(SCRIPTS.resolve("versions"));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void codeInterpreter_doesAllThatAUserDoes(String line) {
        String[] words = line.split(" ", -1);
        String node = InstalledProgram.path("node", "apt-get install nodejs");
        InstalledProgram.path("python3", "apt-get install python3");
        Path installed = NpmPackages.install("@e2b/code-interpreter@" + words[0], "e2b@" + words[1]);
        ReplicaProcess plain = cluster.replica(1);
        int tlsPort = cluster.replica(2).plan().publicPort();
        Map<String, String> environment = new LinkedHashMap<>(Map.of("E2B_API_KEY", plain.apiKey(),
                "NODE_EXTRA_CA_CERTS", certificates.authority().toString()));
        if (words[2].equals("domain")) {
            environment.put("E2B_DOMAIN", DOMAIN + ":" + tlsPort);
        } else {
            environment.put("E2B_API_URL", plain.publicUrl());
            environment.put("E2B_SANDBOX_URL", "https://localhost:" + tlsPort);
        }

        Run run = Run.of(List.of(node, "--require", SCRIPTS.resolve("names.cjs").toString(),
                SCRIPTS.resolve("scenario.mjs").toString(), installed.toString()), Program.root(), environment);

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("ok kill");
    }
}
