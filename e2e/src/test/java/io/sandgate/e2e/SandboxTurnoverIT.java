package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.Http;
import io.sandgate.e2e.harness.MachineShare;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/// Sandboxes that come and go at the same few addresses.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SandboxTurnoverIT {

    private static final int SANDBOXES = 300;
    private static final String FILES = "/files?path=/tmp/mine&username=user";

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(1).set("sandbox.isolation", "required")
            .set(MachineShare.addresses(28)).set("sandbox.address-quarantine", "0s")
            .set("api.rate-limit", "0");

    @Test
    void sandboxes_inARow_findNothingOfThoseBefore() {
        ReplicaProcess first = cluster.replica(1);
        String through = first.publicUrl();
        Set<String> addresses = new HashSet<>();
        Map<String, String> before = Map.of();
        try (Http http = new Http()) {
            for (int i = 0; i < SANDBOXES; i++) {
                Answer made = first.api().call("POST", "/v2/sandboxes", "{\"templateID\":\"base\"}");
                assertThat(made.status()).as("sandbox %s: %s", i, made.body()).isEqualTo(201);
                JsonObject sandbox = made.json();
                String id = sandbox.getString("sandboxID");
                Map<String, String> fields = fields(id, sandbox.getString("envdAccessToken"));
                addresses.add(first.route(id).getString("ip"));

                assertThat(http.get(through + FILES, fields).status()).as("what is in a new sandbox").isEqualTo(404);
                assertThat(http.send("POST", through + FILES, fields, id).status()).isEqualTo(200);
                assertThat(http.get(through + FILES, fields).body()).isEqualTo(id);
                if (!before.isEmpty()) {
                    assertThat(http.get(through + FILES, before).status()).as("the one before").isEqualTo(502);
                    Map<String, String> foreign = new HashMap<>(fields);
                    foreign.put("X-Access-Token", before.getOrDefault("X-Access-Token", ""));
                    assertThat(http.get(through + FILES, foreign).status()).as("the token before").isEqualTo(401);
                }
                before = fields;
                assertThat(first.api().kill(id).status()).isEqualTo(204);
            }
        }
        assertThat(addresses).as("addresses that were used again and again").hasSizeLessThan(16);
    }

    private static Map<String, String> fields(String id, String token) {
        return Map.of("E2b-Sandbox-Id", id, "E2b-Sandbox-Port", "49983", "X-Access-Token", token, "Content-Type",
                "application/octet-stream", "Accept-Encoding", "identity");
    }
}
