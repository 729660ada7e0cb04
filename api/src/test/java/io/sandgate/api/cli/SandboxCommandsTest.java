package io.sandgate.api.cli;

import io.sandgate.api.settings.ApiKeyFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SandboxCommandsTest {

    private static final String LISTED = """
            {"sandboxID":"iaaa","templateID":"web","state":"running","startedAt":"2026-05-01T11:58:30Z",
             "endAt":"2026-05-01T13:00:00Z","metadata":{"user":"ann"}}""";
    private static final String PAUSED = """
            {"sandboxID":"ibbb","templateID":"base","state":"paused","startedAt":"2026-04-29T11:00:00Z",
             "endAt":"2026-05-01T10:00:00Z"}""";

    @TempDir
    Path directory;

    private final ScriptedServer server;
    private Fixture cli = new Fixture(Path.of(""));

    SandboxCommandsTest() throws IOException {
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
    void create_withEverything_sendsItAndShowsTheAddress() {
        server.on("POST /v2/sandboxes", 201, "{\"sandboxID\":\"iaaa\",\"domain\":null}");

        int code = cli.run("sandbox", "create", "web", "--timeout", "2m", "--metadata", "user=a b", "--env", "X=1=2",
                "--on-timeout", "pause");

        assertThat(code).isZero();
        assertThat(server.requests.getFirst().body()).isEqualTo("{\"templateID\":\"web\",\"timeout\":120,"
                + "\"autoPause\":true,\"metadata\":{\"user\":\"a b\"},\"envVars\":{\"X\":\"1=2\"}}");
        assertThat(server.requests.getFirst().headers()).containsEntry("X-api-key", Fixture.KEY);
        assertThat(cli.out()).contains("Created iaaa from web.")
                .contains("http://8000-iaaa.localhost:" + server.url().replaceAll(".*:", "") + "/");
    }

    @Test
    void create_withNothing_asksForBase() {
        server.on("POST /v2/sandboxes", 201, "{\"sandboxID\":\"iaaa\"}");

        assertThat(cli.run("sandbox", "create")).isZero();
        assertThat(server.requests.getFirst().body()).isEqualTo("{\"templateID\":\"base\"}");
    }

    @Test
    void create_asJson_printsTheAnswer() {
        server.on("POST /v2/sandboxes", 201, "{\"sandboxID\":\"iaaa\",\"x\":1}");

        assertThat(cli.run("sandbox", "create", "--json")).isZero();
        assertThat(cli.out().strip()).isEqualTo("{\"sandboxID\":\"iaaa\",\"x\":1}");
    }

    @Test
    void list_severalPages_showsAllInATable() {
        server.on("GET /v2/sandboxes?limit=100", 200, "[" + LISTED + "]", Map.of("x-next-token", "t/1"));
        server.on("GET /v2/sandboxes?limit=100&nextToken=t%2F1", 200, "[" + PAUSED + "]");

        assertThat(cli.run("sandbox", "list")).isZero();
        assertThat(cli.out().lines().toList()).containsExactly(
                "SANDBOX  STATE    TEMPLATE  AGE    ENDS IN  METADATA",
                "iaaa     running  web       1m30s  1h0m     user=ann",
                "ibbb     paused   base      2d1h   -        -");
    }

    @Test
    void list_onATerminal_coloursTheStates() {
        server.on("GET /v2/sandboxes?limit=100", 200, "[" + LISTED + "]");
        cli.terminal = true;

        assertThat(cli.run("sandbox", "list")).isZero();
        assertThat(cli.out()).contains("\033[32mrunning\033[0m");
    }

    @Test
    void list_withFilters_encodesMetadataThreeTimes() {
        String query = "?limit=7&state=paused&metadata=user%252520id%3Da%252526b%25253D%2525C3%2525BC";
        server.on("GET /v2/sandboxes" + query, 200, "[]");

        assertThat(cli.run("sandbox", "list", "--limit", "7", "--state", "paused", "--metadata", "user id=a&b=ü",
                "--json")).isZero();
        assertThat(cli.out().strip()).isEqualTo("[]");
    }

    @Test
    void list_withMetadataThatWouldMoveTheCursor_showsItHarmless() {
        server.on("GET /v2/sandboxes?limit=100", 200,
                "[" + LISTED.replace("\"ann\"", "\"\\u001b[2J\\nx\"") + "]");

        assertThat(cli.run("sandbox", "list")).isZero();
        assertThat(cli.out()).contains("user=?[2J?x").doesNotContain("\033");
    }

    @Test
    void get_shown_saysWhatItIs() {
        server.on("GET /sandboxes/iaaa", 200, LISTED.replace("}}", "},\"cpuCount\":1,\"memoryMB\":512,"
                + "\"diskSizeMB\":100,\"lifecycle\":{\"onTimeout\":\"kill\"}}"));

        assertThat(cli.run("sandbox", "get", "iaaa")).isZero();
        assertThat(cli.out()).contains("state       running").contains("(in 1h0m)").contains("on timeout  kill");
    }

    @Test
    void pause_several_goesOnAfterAFailureAndGivesItsCode() {
        server.on("POST /sandboxes/iaaa/pause", 409, "{\"code\":409,\"message\":\"it is paused already\"}");
        server.on("POST /sandboxes/ibbb/pause", 204, "");

        assertThat(cli.run("sandbox", "pause", "iaaa", "ibbb")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.out().strip()).isEqualTo("ibbb paused");
        assertThat(cli.err()).contains("iaaa").contains("409").contains("it is paused already");
    }

    @Test
    void pauseAndResume_withoutMemory_sayThat() {
        server.on("POST /sandboxes/iaaa/pause", 204, "");
        server.on("POST /v2/sandboxes/iaaa/connect", 201, "{\"sandboxID\":\"iaaa\"}");

        assertThat(cli.run("sandbox", "pause", "--no-memory", "iaaa")).isZero();
        assertThat(cli.run("sandbox", "resume", "--no-memory", "iaaa")).isZero();
        assertThat(server.requests).extracting(ScriptedServer.Request::body)
                .containsExactly("{\"memory\":false}", "{\"memory\":false}");
    }

    @Test
    void create_thatStopsOnTimeout_asksForAPauseWithoutMemory() {
        server.on("POST /v2/sandboxes", 201, "{\"sandboxID\":\"iaaa\"}");

        assertThat(cli.run("sandbox", "create", "--on-timeout", "stop")).isZero();
        assertThat(server.requests.getFirst().body())
                .isEqualTo("{\"templateID\":\"base\",\"autoPause\":true,\"autoPauseMemory\":false}");
    }

    @Test
    void fork_shown_listsTheNewOnesAndSaysWhatFailed() {
        String results = "[{\"sandbox\":{\"sandboxID\":\"ix\"}},{\"error\":{\"code\":429,\"message\":\"no room\"}}]";
        server.on("POST /sandboxes/iaaa/fork", 201, results);

        assertThat(cli.run("sandbox", "fork", "iaaa", "--count", "2", "--timeout", "10m")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.out().strip()).isEqualTo("ix");
        assertThat(cli.err()).contains("no room");
        assertThat(server.requests.getFirst().body()).isEqualTo("{\"timeout\":600,\"count\":2}");

        assertThat(cli.run("sandbox", "fork", "iaaa", "--json")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.out()).contains(results);
        assertThat(server.requests.getLast().body()).isEqualTo("{\"timeout\":300,\"count\":1}");
    }

    @Test
    void fork_ofAll_isExitCodeZero() {
        server.on("POST /sandboxes/iaaa/fork", 201, "[{\"sandbox\":{\"sandboxID\":\"ix\"}}]");

        assertThat(cli.run("sandbox", "fork", "iaaa")).isZero();
    }

    @Test
    void resume_ofOneThatRan_saysSo() {
        server.on("POST /v2/sandboxes/iaaa/connect", 200, "{\"sandboxID\":\"iaaa\"}");
        server.on("POST /v2/sandboxes/ibbb/connect", 201, "{\"sandboxID\":\"ibbb\"}");

        assertThat(cli.run("sandbox", "resume", "iaaa", "ibbb", "--timeout", "1500ms")).isZero();
        assertThat(cli.out().lines()).containsExactly("iaaa already running", "ibbb resumed");
        assertThat(server.requests.getFirst().body()).isEqualTo("{\"timeout\":2}");
    }

    @Test
    void connect_toAPort_showsItsAddress() {
        server.on("POST /v2/sandboxes/iaaa/connect", 200, "{\"sandboxID\":\"iaaa\",\"domain\":\"box.example\"}");

        assertThat(cli.run("sandbox", "connect", "iaaa", "--port", "3000")).isZero();
        assertThat(cli.out()).contains("http://3000-iaaa.box.example:");
        assertThat(server.requests.getFirst().body()).isEqualTo("{}");
    }

    @Test
    void extendAndKill_asJson_printWhatTheyDid() {
        server.on("POST /sandboxes/iaaa/timeout", 204, "");
        server.on("DELETE /sandboxes/iaaa", 204, "");

        assertThat(cli.run("sandbox", "extend", "iaaa", "1h", "--json")).isZero();
        assertThat(cli.run("sandbox", "kill", "iaaa", "--json")).isZero();
        assertThat(server.requests.getFirst().body()).isEqualTo("{\"timeout\":3600}");
        assertThat(cli.out().lines()).containsExactly("{\"sandboxID\":\"iaaa\",\"result\":\"ends in 1h\"}",
                "{\"sandboxID\":\"iaaa\",\"result\":\"killed\"}");
    }

    @Test
    void logs_shown_startWithTheOldest() {
        server.on("GET /v2/sandboxes/iaaa/logs?direction=backward&limit=2", 200,
                "{\"logs\":[{\"message\":\"second\"},{\"message\":\"fi\\u001brst\"}]}");

        assertThat(cli.run("sandbox", "logs", "iaaa", "--tail", "2")).isZero();
        assertThat(cli.out().lines()).containsExactly("fi?rst", "second");
    }

    @Test
    void sandbox_unknown_isExitCodeFour() {
        server.on("DELETE /sandboxes/inone", 404, "{\"code\":404,\"message\":\"sandbox inone not found\"}");

        assertThat(cli.run("sandbox", "kill", "inone")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(cli.run("sandbox", "get", "inone")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(cli.err()).contains("sandbox inone not found");
    }

    @Test
    void key_refused_saysWhereItCameFromAndHidesIt() {
        server.on("GET /v2/sandboxes?limit=100", 401, "{\"code\":401,\"message\":\"unknown key\"}");

        assertThat(cli.run("sandbox", "list")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("unknown key").contains("E2B_API_KEY").doesNotContain(Fixture.KEY);
    }

    @Test
    void key_missing_saysWhatToDo() {
        cli.environment.remove("E2B_API_KEY");

        assertThat(cli.run("sandbox", "list")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("--api-key").contains("E2B_API_KEY")
                .contains(directory.resolve("data").toString());
    }

    @Test
    void key_keptByALocalUp_isUsed() {
        cli.environment.remove("E2B_API_KEY");
        server.on("GET /v2/sandboxes?limit=100", 200, "[]");
        String key = ApiKeyFile.in(directory.resolve("data")).readOrCreate(new Random(2)).key().key().value();

        assertThat(cli.run("sandbox", "list")).isZero();
        assertThat(server.requests.getFirst().headers()).containsEntry("X-api-key", key);
    }

    @Test
    void key_keptByTheOnlyLocalServe_isUsed() throws IOException {
        cli.environment.remove("E2B_API_KEY");
        server.on("GET /v2/sandboxes?limit=100", 200, "[]");
        Files.createDirectories(directory.resolve("data/other"));
        String key = ApiKeyFile.in(directory.resolve("data/host-8080")).readOrCreate(new Random(3)).key().key()
                .value();

        assertThat(cli.run("sandbox", "list")).isZero();
        assertThat(server.requests.getFirst().headers()).containsEntry("X-api-key", key);
    }

    @Test
    void replica_notThere_isExitCodeThree() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(cli.run("sandbox", "list", "--url", "127.0.0.1:" + port)).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(cli.err().lines()).singleElement().asString().contains("cannot reach a replica at http://127.0.0.1:"
                + port).contains("sandgate up").contains("--url");
    }

    @Test
    void server_ofAnotherKind_isSaid() {
        server.on("GET /v2/sandboxes?limit=100", 200, "<html>");
        server.on("GET /sandboxes/iaaa", 500, "<html>");

        assertThat(cli.run("sandbox", "list")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.run("sandbox", "get", "iaaa")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("not JSON").contains("answered 500: <html>");
    }

    @Test
    void usage_wrong_isExitCodeTwoWithAHint() {
        assertThat(cli.run("sandbox", "extend", "iaaa", "soon")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("'soon' (expected: a number with ms, s, m, h or d")
                .contains("sandgate sandbox extend --help");
        assertThat(cli.run("sandbox", "list", "--url", "ftp://x")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("sandbox", "list", "--limit", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("sandbox", "logs", "iaaa", "--tail", "1001")).isEqualTo(ExitCode.USAGE);
        assertThat(server.requests).isEmpty();
    }
}
