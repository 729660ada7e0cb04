package io.sandgate.api.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SnapshotCommandsTest {

    private static final String NAMED = """
            {"snapshotID":"saaa","names":["build/tools:v1"],"sandboxID":"iaaa","templateID":"web",
             "createdAt":"2026-05-01T11:58:30Z","sizeBytes":5242881}""";
    private static final String PLAIN = """
            {"snapshotID":"sbbb","names":[],"sandboxID":"ibbb","templateID":"base",
             "createdAt":"2026-05-01T11:00:00Z","sizeBytes":1}""";

    @TempDir
    Path directory;

    private final ScriptedServer server;
    private Fixture cli = new Fixture(Path.of(""));

    SnapshotCommandsTest() throws IOException {
        server = new ScriptedServer();
    }

    @BeforeEach
    void useServer() {
        cli = new Fixture(directory);
        cli.environment.put("E2B_API_URL", server.url());
        cli.environment.put("E2B_API_KEY", Fixture.KEY);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Test
    void create_withAName_saysHowToUseIt() {
        server.on("POST /sandboxes/iaaa/snapshots", 201, NAMED);

        assertThat(cli.run("snapshot", "create", "iaaa", "--name", "tools:v1")).isZero();
        assertThat(server.requests.getFirst().body()).isEqualTo("{\"name\":\"tools:v1\"}");
        assertThat(cli.out()).contains("Created snapshot saaa of iaaa.").contains("sandbox create tools:v1");
    }

    @Test
    void create_asJson_printsTheAnswer() {
        server.on("POST /sandboxes/iaaa/snapshots", 201, "{\"snapshotID\":\"saaa\"}");

        assertThat(cli.run("snapshot", "create", "iaaa", "--json")).isZero();
        assertThat(server.requests.getFirst().body()).isEqualTo("{}");
        assertThat(cli.out().strip()).isEqualTo("{\"snapshotID\":\"saaa\"}");
    }

    @Test
    void list_severalPages_showsAllInATable() {
        server.on("GET /snapshots?limit=100", 200, "[" + NAMED + "]", Map.of("x-next-token", "t/1"));
        server.on("GET /snapshots?limit=100&nextToken=t%2F1", 200, "[" + PLAIN + "]");

        assertThat(cli.run("snapshot", "list")).isZero();
        assertThat(cli.out().lines().toList()).containsExactly(
                "SNAPSHOT  NAME            SANDBOX  TEMPLATE  AGE    SIZE",
                "saaa      build/tools:v1  iaaa     web       1m30s  6 MiB",
                "sbbb      -               ibbb     base      1h0m   1 MiB");
    }

    @Test
    void list_withFilters_sendsThem() {
        server.on("GET /snapshots?limit=7&sandboxID=iaaa&name=build%2Ftools%3Av1", 200, "[]");

        assertThat(cli.run("snapshot", "list", "--limit", "7", "--sandbox", "iaaa", "--name", "build/tools:v1"))
                .isZero();
        assertThat(cli.out()).contains("No snapshots.");
        assertThat(cli.run("snapshot", "list", "--limit", "0")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void delete_several_goesOnAfterAFailureAndGivesItsCode() {
        server.on("DELETE /templates/saaa", 404, "{\"code\":404,\"message\":\"no such snapshot\"}");
        server.on("DELETE /templates/build%2Ftools", 204, "");

        assertThat(cli.run("snapshot", "delete", "saaa", "build/tools", "--json")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(cli.out().strip()).isEqualTo("{\"snapshotID\":\"build/tools\",\"result\":\"deleted\"}");
        assertThat(cli.err()).contains("saaa: no such snapshot");
    }
}
