package io.sandgate.api.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class KeyCommandsTest {

    private static final String KEYS = """
            [{"id":"k-1","name":"ci","teamID":"build","admin":true,"createdAt":"2026-05-01T11:58:30Z",
              "mask":{"prefix":"e2b_","maskedValueSuffix":"abcd"},"quota":{"sandboxes":3,"memoryMb":512},"rateLimit":7},
             {"id":"k-2","name":"twice","teamID":"build","admin":false,"createdAt":"2026-05-01T11:58:30Z",
              "mask":{"prefix":"e2b_","maskedValueSuffix":"ef01"},"quota":{}},
             {"id":"k-3","name":"twice","teamID":"other","admin":false,"createdAt":"2026-05-01T11:58:30Z",
              "mask":{"prefix":"e2b_","maskedValueSuffix":"2345"},"quota":{}}]""";

    @TempDir
    Path directory;

    private final ScriptedServer server;
    private Fixture cli = new Fixture(Path.of(""));

    KeyCommandsTest() throws IOException {
        server = new ScriptedServer();
    }

    @BeforeEach
    void useServer() {
        cli = new Fixture(directory);
        cli.environment.put("E2B_API_URL", server.url());
        cli.environment.put("E2B_API_KEY", Fixture.KEY);
        server.on("GET /api-keys", 200, KEYS);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void create_withEverything_sendsItAndShowsTheKeyOnce() {
        server.on("POST /api-keys", 201, "{\"id\":\"k-9\",\"teamID\":\"build\",\"key\":\"e2b_secret\"}");

        assertThat(cli.run("key", "create", "ci", "--team", "build", "--admin", "--max-sandboxes", "0", "--max-memory",
                "512", "--max-cpu", "4", "--rate", "9")).isZero();

        assertThat(server.requests.getFirst().body()).isEqualTo("{\"name\":\"ci\",\"team\":\"build\",\"admin\":true,"
                + "\"quota\":{\"sandboxes\":0,\"memoryMb\":512,\"cpu\":4},\"rateLimit\":9}");
        assertThat(cli.out()).containsOnlyOnce("e2b_secret").contains("k-9").contains("build");
    }

    @Test
    void create_withNothing_leavesItToTheReplica() {
        server.on("POST /api-keys", 201, "{\"id\":\"k-9\"}");

        assertThat(cli.run("key", "create", "ci", "--json")).isZero();
        assertThat(server.requests.getFirst().body()).isEqualTo("{\"name\":\"ci\"}");
        assertThat(cli.out().strip()).isEqualTo("{\"id\":\"k-9\"}");
    }

    @Test
    void list_shown_hasLimitsAndMasks() {
        assertThat(cli.run("key", "list")).isZero();
        assertThat(cli.out().lines().toList()).containsExactly(
                "ID   NAME   TEAM   ADMIN  KEY        AGE    LIMITS",
                "k-1  ci     build  yes    e2b_…abcd  1m30s  sandboxes=3 memoryMb=512 rate=7",
                "k-2  twice  build  -      e2b_…ef01  1m30s  -",
                "k-3  twice  other  -      e2b_…2345  1m30s  -");
    }

    @Test
    void revoke_byIdOrName_revokesThatOne() {
        server.on("DELETE /api-keys/k-1", 204, "");
        server.on("DELETE /api-keys/k-2", 204, "");

        assertThat(cli.run("key", "revoke", "ci")).isZero();
        assertThat(cli.run("key", "revoke", "k-2", "--json")).isZero();
        assertThat(cli.out().lines()).containsExactly("k-1 revoked", "{\"id\":\"k-2\",\"result\":\"revoked\"}");
    }

    @Test
    void revoke_ofSeveralOrNone_revokesNothing() {
        assertThat(cli.run("key", "revoke", "twice")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("key", "revoke", "nobody")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(cli.err()).contains("k-2, k-3").contains("nobody");
        assertThat(server.requests).noneMatch(request -> request.toString().contains("DELETE"));
    }
}
