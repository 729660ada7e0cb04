package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaPlan;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxProcesses;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/// A replica that does not run as root: its sandboxes are apart from the machine but for its network, and it says so.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PlainUserIT {

    private static final int NOBODY = 65_534;
    private static final int RUNTIME = 49_983;
    private static final String SHARED = "the machine's network is shared, since the replica does not run as root";
    private static final Pattern STDOUT = Pattern.compile("\"stdout\":\"([^\"]*)\"");

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(1).isolated().each(PlainUserIT::asNobody);

    private final ReplicaProcess replica = cluster.replica(1);

    private static ReplicaPlan asNobody(ReplicaPlan plan) {
        try {
            Path data = Files.createDirectories(plan.data());
            Files.setPosixFilePermissions(data.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
            Files.setAttribute(data, "unix:uid", NOBODY);
            Files.setAttribute(data, "unix:gid", NOBODY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String number = Integer.toString(NOBODY);
        return plan.at(plan.host().through("setpriv", "--reuid", number, "--regid", number, "--clear-groups"));
    }

    @Test
    void sandbox_isApartButForTheNetwork_andThatIsSaid() {
        JsonObject created = replica.api().create("base").json();
        String id = created.getString("sandboxID");

        assertThat(run(created, "id -u; hostname; pwd; echo kept > ~/file; ls " + replica.plan().data() + " 2>&1"))
                .isEqualTo("1000\n" + id + "\n/home/user\nls: cannot access '" + replica.plan().data()
                        + "': No such file or directory\n");
        assertThat(run(created, "ls /proc | grep -c '^[0-9]'").strip()).hasSize(1);
        assertThat(replica.api().get(id).body()).contains(SHARED);
        assertThat(replica.log()).contains("sandbox.isolation-partial lacking=\"" + SHARED);
        assertThat(replica.api().pause(id).status()).isEqualTo(204);
        assertThat(replica.api().connect(id, 300).status()).isEqualTo(201);
        assertThat(run(created, "cat ~/file")).isEqualTo("kept\n");
        assertThat(SandboxProcesses.of(id)).isNotEmpty();
        assertThat(replica.api().kill(id).status()).isEqualTo(204);
        assertThat(SandboxProcesses.of(id)).isEmpty();
        assertThat(replica.sandboxDirectories()).doesNotContain(id);
    }

    @Test
    void sandboxWithoutTheInternet_isRefusedWithTheReason() {
        Answer answer = replica.api().create(new JsonObject().put("templateID", "base").put("allow_internet_access",
                false));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("network");
    }

    @Test
    void sandboxes_liveOnWhileTheReplicaIsAway() {
        String id = replica.api().created("counter");
        assertThat(replica.sandboxes().get(id, 9000, "/count").body()).isEqualTo("1");

        replica.kill9();
        replica.start();
        cluster.awaitTogether();

        assertThat(replica.sandboxes().get(id, 9000, "/count").body()).isEqualTo("2");
        assertThat(replica.api().kill(id).status()).isEqualTo(204);
    }

    /// What a command says that the runtime of a sandbox starts.
    private String run(JsonObject sandbox, String script) {
        String call = new JsonObject().put("process", new JsonObject().put("cmd", "/bin/sh").put("args",
                List.of("-c", script))).put("stdin", false).encode();
        byte[] text = call.getBytes(StandardCharsets.UTF_8);
        byte[] envelope = new byte[text.length + 5];
        envelope[3] = (byte) (text.length >> 8);
        envelope[4] = (byte) text.length;
        System.arraycopy(text, 0, envelope, 5, text.length);
        Answer answer = cluster.http().send("POST", replica.publicUrl() + "/process.Process/Start",
                Map.of("E2b-Sandbox-Id", sandbox.getString("sandboxID"), "E2b-Sandbox-Port", Integer.toString(RUNTIME),
                        "X-Access-Token", sandbox.getString("envdAccessToken"), "Content-Type",
                        "application/connect+json", "Connect-Protocol-Version", "1"),
                java.net.http.HttpRequest.BodyPublishers.ofByteArray(envelope));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        List<String> said = new ArrayList<>();
        STDOUT.matcher(answer.body()).results().forEach(match -> said
                .add(new String(Base64.getDecoder().decode(match.group(1)), StandardCharsets.UTF_8)));
        return String.join("", said);
    }
}
