package io.sandgate.api.e2b;

import io.sandgate.api.e2b.TestClient.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// The templates `web` and `base`, as callers see them.
class TemplatesTest {
    private TestCluster cluster;
    private TestClient client;

    @BeforeEach
    void start() {
        cluster = new TestCluster(1, E2bSettings.DEFAULT);
        client = cluster.get(0).client;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void templates_areListed() {
        Answer answer = client.get("/templates");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().findValuesAsText("templateID")).containsExactly("web", "base");
        assertThat(answer.json().path(0)).isEqualTo(TestClient.json("""
                {"templateID":"web","buildID":"web","buildStatus":"ready","buildCount":1,"public":true,"cpuCount":2,
                "memoryMB":256,"diskSizeMB":2048,"envdVersion":"%s","aliases":["web"],"names":["web"],
                "createdAt":"1970-01-01T00:00:00Z","updatedAt":"1970-01-01T00:00:00Z","lastSpawnedAt":null,
                "createdBy":null,"spawnCount":0}""".formatted(SandboxJson.ENVD_VERSION)));
    }

    @Test
    void pages_areInTheOrderOfTheNames() {
        Answer first = client.get("/v2/templates?limit=1");
        Answer second = client.get("/v2/templates?limit=1&nextToken=" + first.header("x-next-token"));
        Answer whole = client.get("/v2/templates");

        assertThat(first.json().findValuesAsText("templateID")).containsExactly("base");
        assertThat(second.json().findValuesAsText("templateID")).containsExactly("web");
        assertThat(second.header("x-next-token")).isEmpty();
        assertThat(whole.json().findValuesAsText("templateID")).containsExactly("base", "web");
        assertThat(whole.header("x-next-token")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=101", "limit=x", "nextToken=%20%20"})
    void page_thatIsNone_isRefused(String query) {
        client.get("/v2/templates?" + query).isError(400).saying(query.substring(0, query.indexOf('=')));
    }

    @Test
    void template_isShownWithItsBuild() {
        Answer answer = client.get("/templates/web");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("templateID").asText()).isEqualTo("web");
        assertThat(answer.json().path("builds").path(0)).isEqualTo(TestClient.json("""
                {"buildID":"web","status":"ready","cpuCount":2,"memoryMB":256,"diskSizeMB":2048,"envdVersion":"%s",
                "createdAt":"1970-01-01T00:00:00Z","updatedAt":"1970-01-01T00:00:00Z",
                "finishedAt":"1970-01-01T00:00:00Z"}""".formatted(SandboxJson.ENVD_VERSION)));
    }

    @Test
    void alias_leadsToTheTemplate() {
        assertThat(client.get("/templates/aliases/web").json())
                .isEqualTo(TestClient.json("{\"templateID\":\"web\",\"public\":true}"));
    }

    @Test
    void tags_areTheOneThatStandsForNone() {
        assertThat(client.get("/templates/web/tags").json()).isEqualTo(TestClient.json("""
                [{"tag":"default","buildID":"web","createdAt":"1970-01-01T00:00:00Z"}]"""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/templates/none", "/templates/none/tags", "/templates/aliases/none",
            "/templates/aliases/a%2Fb", "/templates/aliases/web%3Av1"})
    void template_thatIsNotConfigured_is404(String path) {
        client.get(path).isError(404).saying("not configured");
    }

    @Test
    void buildingAndTagging_are501() {
        client.post("/v3/templates", "{}").isError(501);
        client.post("/templates/tags", "{}").isError(501);
        client.delete("/templates/web").isError(501);
    }
}
