package io.sandgate.api.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AdminCommandsTest {

    private static final String CLUSTER = """
            {"self":"replica-1","view":"v3","sweeper":"replica-1","members":[
             {"id":"replica-1","incarnation":"17","state":"ready","routable":true,"ageMs":0,"routes":12},
             {"id":"replica-2","incarnation":"18","state":"draining","routable":false,"ageMs":65000,"routes":0}]}""";

    private final ScriptedServer server;
    private Fixture cli = new Fixture(Path.of(""));

    AdminCommandsTest() throws IOException {
        server = new ScriptedServer();
    }

    @BeforeEach
    void useServer() {
        cli = new Fixture(Path.of(""));
        cli.environment.put("SANDGATE_ADMIN_URL", server.url());
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void members_shown_areATable() {
        server.on("GET /cluster", 200, CLUSTER);

        assertThat(cli.run("members")).isZero();
        assertThat(cli.out().lines().map(String::stripTrailing).toList()).containsExactly(
                "MEMBER     STATE     ROUTABLE  HEARD     ROUTES  INCARNATION",
                "replica-1  ready     yes       0s ago    12      17           (answers)",
                "replica-2  draining  no        1m5s ago  0       18");
    }

    @Test
    void members_asJson_areTheAnswer() {
        server.on("GET /cluster", 200, CLUSTER);

        assertThat(cli.run("members", "--json")).isZero();
        assertThat(cli.out()).startsWith("{\"self\":\"replica-1\"");
    }

    @Test
    void token_given_isSent() {
        server.on("GET /cluster", 200, CLUSTER);
        cli.environment.put("SANDGATE_ADMIN_TOKEN", "t1");

        assertThat(cli.run("members")).isZero();
        assertThat(cli.run("members", "--admin-token", "t2")).isZero();
        assertThat(server.requests).extracting(request -> request.headers().get("Authorization"))
                .containsExactly("Bearer t1", "Bearer t2");
    }

    @Test
    void routes_shown_areATable() {
        server.on("GET /routes", 200, """
                {"namespace":"default","name":"n1","id":"iaaa","uid":"u","owner":"ann","ip":"127.77.0.9",\
                "state":"running","resourceVersion":"1099511627777","authority":"replica-1"}
                {"namespace":"default","name":"n2","id":"ibbb","uid":"u","state":"odd","resourceVersion":"7"}
                """);

        assertThat(cli.run("routes")).isZero();
        assertThat(cli.out().lines()).containsExactly(
                "ID    NAMESPACE  NAME  STATE    IP          OWNER  AUTHORITY  VERSION",
                "iaaa  default    n1    running  127.77.0.9  ann    replica-1  1099511627777",
                "ibbb  default    n2    odd      -           -      -          7");
    }

    @Test
    void routes_asJson_areOneObjectALine() {
        server.on("GET /routes", 200, "{\"id\":\"a\"}\n{\"id\":\"b\"}\n");

        assertThat(cli.run("routes", "--json")).isZero();
        assertThat(cli.out().lines()).containsExactly("{\"id\":\"a\"}", "{\"id\":\"b\"}");
    }

    @Test
    void routes_thatNobodyReadsToTheEnd_endQuietly() throws IOException {
        server.on("GET /routes", 200, "{\"id\":\"a\"}\n{\"id\":\"b\"}\n");
        cli.closeOutput();

        assertThat(cli.run("routes", "--json")).isEqualTo(ExitCode.UNREAD);
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void routes_none_isSaidToPeopleOnly() {
        server.on("GET /routes", 200, "");

        assertThat(cli.run("routes")).isZero();
        assertThat(cli.out()).startsWith("No routes.");
        assertThat(cli.run("routes", "--json")).isZero();
        assertThat(cli.out().lines()).hasSize(1);
    }

    @Test
    void route_unknown_isExitCodeFour() {
        server.on("GET /routes/inone", 404, "{\"message\":\"no route inone\"}");

        assertThat(cli.run("routes", "inone")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(cli.err()).contains("no route inone");
    }
}
