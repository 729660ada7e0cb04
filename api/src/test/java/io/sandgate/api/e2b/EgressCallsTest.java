package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.sandbox.CreateSandbox;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxState;
import io.sandgate.sandbox.driver.Egress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Rules for what sandboxes reach: two replicas, of which the first is asked.
class EgressCallsTest {
    private TestCluster cluster;
    private TestReplica entry;
    private TestClient client;

    @BeforeEach
    void start() {
        cluster = new TestCluster(2, E2bSettings.DEFAULT);
        entry = cluster.get(0);
        client = entry.client;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void create_withRules_hasAndShowsThem() {
        String id = client.post("/v2/sandboxes",
                """
                        {"templateID":"base","allow_internet_access":false,
                         "network":{"allowOut":["8.8.8.8","1.1.1.0/24"],"denyOut":["0.0.0.0/0"],"rules":{},"egressProxy":null}}""")
                .json().path("sandboxID").asText();

        assertThat(entry.sandboxes.creates).extracting(CreateSandbox::network).singleElement().satisfies(
                network -> assertThat(network.egress())
                        .isEqualTo(new Egress(false, List.of("8.8.8.8", "1.1.1.0/24"), List.of("0.0.0.0/0"))));
        JsonNode shown = client.get("/sandboxes/" + id).json();
        assertThat(shown.path("allowInternetAccess").asBoolean()).isFalse();
        assertThat(shown.path("network")).isEqualTo(TestClient.json("""
                {"allowPublicTraffic":true,"allowOut":["8.8.8.8","1.1.1.0/24"],"denyOut":["0.0.0.0/0"]}"""));
    }

    @Test
    void change_replacesAll_andWhatIsLeftOutIsCleared() {
        String id = entry.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        assertThat(put(id, "{\"allowOut\":[\"8.8.8.8\"],\"denyOut\":[\"0.0.0.0/0\"]}").status()).isEqualTo(204);
        assertThat(entry.sandboxes.egresses)
                .containsEntry(id, new Egress(true, List.of("8.8.8.8"), List.of("0.0.0.0/0")));
        assertThat(put(id, "{\"allow_internet_access\":false}").status()).isEqualTo(204);
        assertThat(entry.sandboxes.egresses).containsEntry(id, new Egress(false, List.of(), List.of()));
        assertThat(put(id, "{}").status()).isEqualTo(204);
        assertThat(entry.sandboxes.egresses).containsEntry(id, Egress.OPEN);
    }

    @Test
    void domains_areTaken_andShownInSmallLetters() {
        String id = client.post("/v2/sandboxes",
                """
                        {"templateID":"base","network":{"allowOut":["API.example.com","*.Example.org"],"denyOut":["0.0.0.0/0"]}}""")
                .json().path("sandboxID").asText();

        assertThat(client.get("/sandboxes/" + id).json().path("network").path("allowOut"))
                .isEqualTo(TestClient.json("[\"api.example.com\",\"*.example.org\"]"));
        assertThat(put(id, "{\"allow_internet_access\":false,\"allowOut\":[\"Other.example\"]}").status())
                .isEqualTo(204);
        assertThat(entry.sandboxes.egresses)
                .containsEntry(id, new Egress(false, List.of("other.example"), List.of()));
    }

    @Test
    void changeElsewhere_isItsOwners() {
        TestReplica owner = cluster.get(1);
        Sandbox sandbox = owner.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING);
        entry.routes.upsert(owner.route(sandbox));

        assertThat(put(sandbox.id(), "{\"denyOut\":[\"8.8.8.8\"]}").status()).isEqualTo(204);

        assertThat(owner.sandboxes.egresses)
                .containsEntry(sandbox.id(), new Egress(true, List.of(), List.of("8.8.8.8")));
    }

    @Test
    void changeOfAForeignSandbox_isThatOfOneThatIsNotThere() {
        String foreign = entry.sandboxes.add(TestReplica.TEAM_B, SandboxState.RUNNING).id();

        put(foreign, "{}").isError(404);
        put("inowhere", "{}").isError(404);
        assertThat(entry.sandboxes.egresses).isEmpty();
    }

    @Test
    void changeOfASandboxThatDoesNotRun_isAConflict() {
        String id = entry.sandboxes.add(TestReplica.TEAM_A, SandboxState.PAUSED).id();
        entry.sandboxes.failure = new SandboxException(Reason.CONFLICT, "sandbox " + id + " is not running");

        put(id, "{}").isError(409).saying("not running");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"400|{'allowOut':['999.1.1.1']}|allowOut: 999.1.1.1",
            "400|{'denyOut':'8.8.8.8'}|denyOut", "400|{'allow_internet_access':'no'}|allow_internet_access",
            "400|{'allowOut':['169.254.169.254']}|169.254.169.254", "400|{|not valid JSON",
            "400|{'allowOut':['api.example.com']}|api.example.com",
            "400|{'allow_internet_access':false,'allowOut':['*']}|allowOut: *",
            "400|{'denyOut':['0.0.0.0/0','api.example.com']}|denyOut: api.example.com",
            "501|{'rules':{'a.example':[{'transform':{}}]}}|rules",
            "501|{'egressProxy':{'address':'p:1'}}|egressProxy"})
    void change_thatCannotBe_isRefusedAndNamed(int status, String body, String words) {
        String id = entry.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        put(id, body.replace('\'', '"')).isError(status).saying(words == null ? "" : words);
        assertThat(entry.sandboxes.egresses).isEmpty();
    }

    @Test
    void entryOfAnyLength_isRefused() {
        String id = entry.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();

        put(id, "{\"allowOut\":[\"" + "a.".repeat(400_000) + "a\"]}").isError(400).saying("allowOut: a.a.");
    }

    private TestClient.Answer put(String id, String body) {
        return client.call("PUT", "/sandboxes/" + id + "/network", body);
    }
}
