package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.gateway.shard.session.ShardState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ShardsCommandTest {

    private static final String LIVE = """
            {"id":0,"count":3,"owner":"replica-1","state":"live","note":"","epoch":7,"attempt":2,"failures":0,\
            "sessionAgeMs":3725000,"sequence":1204,"accepted":1200,"waiting":4,"ackMs":812,"latencyMs":41.26,"sends":5}""";
    private static final String QUEUED = """
            {"id":1,"count":3,"owner":"replica-2","state":"queued","note":"waits for a permit","epoch":8,"attempt":5,\
            "failures":1,"sessionAgeMs":-1,"sequence":0,"accepted":0,"waiting":0,"ackMs":12345,"latencyMs":-1,"sends":1}""";
    private static final String UNOWNED = """
            {"id":2,"count":3,"owner":"","state":"unowned"}""";
    private static final String SHARDS = "[" + LIVE + "," + QUEUED + "," + UNOWNED + "]";
    private static final String WELL = "{\"kind\":\"file\",\"waiting\":0,\"failing\":\"\"}";
    private static final String SICK = "{\"kind\":\"webhook\",\"waiting\":12,\"failing\":\"status 500\"}";
    private static final String PACING = """
            {"marginMs":250,"capped":[[7,24],[9,24]],"startsLeft":950,"startsTotal":1000,"reserve":100,\
            "resetInMs":11520000,"keys":[{"key":0,"waiting":2,"opensInMs":4210,"holder":"replica-2","shard":16},\
            {"key":1,"waiting":0,"opensInMs":0},{"key":2,"waiting":1,"opensInMs":0}]}""";
    private static final String NONE = "{\"code\":404,\"message\":\"there are no shards here: sandgate.shards.token is"
            + " not set\"}";

    private final ScriptedServer server;
    private Fixture cli = new Fixture(Path.of(""));

    ShardsCommandTest() throws IOException {
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

    private static String cluster(String halted, String silent, String sink, String shards) {
        return "{\"leader\":\"replica-2\",\"term\":3,\"total\":3,\"unstable\":2,\"halted\":\"" + halted
                + "\",\"moving\":0,\"silent\":[" + silent + "],\"sinks\":{\"replica-1\":" + WELL + ",\"replica-2\":"
                + sink
                + "},\"pacing\":" + PACING + ",\"shards\":" + shards + "}";
    }

    private void isWell() {
        server.on("GET /shards", 200, cluster("", "", WELL, SHARDS));
    }

    // --- list ---------------------------------------------------------------------------------------------------------------

    @Test
    void list_ofAWellCluster_isOneLineAndATable() {
        isWell();

        assertThat(cli.run("shards", "list")).isZero();
        assertThat(cli.out().lines()).containsExactly(
                "3 shards, 2 not live, led by replica-2",
                "SHARD  STATE    OWNER      SESSION   SEQ   LAG  ACK        NOTE",
                "0      live     replica-1  1h2m ago  1204  4    812ms ago  -",
                "1      queued   replica-2  -         -     -    12.3s ago  waits for a permit",
                "2      unowned  -          -         -     -    -          -");
    }

    @Test
    void list_ofAnIllCluster_saysFirstWhatIsWrong() {
        server.on("GET /shards", 200, cluster("4004: the token is wrong", "\"replica-3\",\"replica-4\"", SICK, SHARDS));

        assertThat(cli.run("shards", "list")).isZero();
        assertThat(cli.out().lines().limit(5)).containsExactly(
                "HALTED, no shard may connect: 4004: the token is wrong",
                "When that is put right: sandgate shards restart --all",
                "SINK of replica-2 fails (webhook, 12 events wait): status 500",
                "NO ANSWER from replica-3, replica-4: what they hold is not known here",
                "3 shards, 2 not live, led by replica-2");
    }

    @Test
    void list_whileTheUpstreamIsAway_orTheGuildsAreDividedAnew_saysSo() {
        server.on("GET /shards", 200, cluster("", "", WELL, SHARDS).replace("\"moving\":0",
                "\"moving\":0,\"upstreamError\":\"status 500\",\"rescalingTo\":6,\"cutOver\":1"));

        assertThat(cli.run("shards", "list")).isZero();
        assertThat(cli.out().lines().limit(2)).containsExactly("UPSTREAM, no session is begun: status 500",
                "Rescaling to 6 shards, 1 of 3 cut over");
    }

    @Test
    void list_withoutALeaderAndAShardOnTheMove_saysSo() {
        server.on("GET /shards", 200,
                cluster("", "", WELL, SHARDS).replace("\"leader\":\"replica-2\"", "\"leader\":\"\"")
                        .replace("\"moving\":0", "\"moving\":1"));

        assertThat(cli.run("shards", "ls")).isZero();
        assertThat(cli.out()).startsWith("3 shards, 2 not live, no leader is known, 1 on the move");
    }

    @Test
    void list_beforeTheNumberIsKnown_saysSoInsteadOfATable() {
        server.on("GET /shards", 200, cluster("", "", WELL, "[]").replace("\"total\":3", "\"total\":0"));

        assertThat(cli.run("shards", "list")).isZero();
        assertThat(cli.out().lines().skip(1)).containsExactly("It is not known yet how many there are.");
    }

    @ParameterizedTest
    @CsvSource({"--not-live, 12", "--state queued, 1", "'--state live,unowned', 02", "--owner replica-1, 0",
            "--not-live --owner replica-2, 1", "--state live --owner replica-1, 0"})
    void list_withOptions_hasOnlyThoseThatMatchAll(String options, String expected) {
        isWell();

        assertThat(cli.run(("shards list " + options).split(" "))).isZero();
        assertThat(cli.out().lines().skip(2).map(line -> line.substring(0, 1)).collect(Collectors.joining()))
                .isEqualTo(expected);
    }

    @Test
    void list_whenNoneMatches_saysSo() {
        isWell();

        assertThat(cli.run("shards", "list", "--owner", "replica-9")).isZero();
        assertThat(cli.out()).contains("3 shards, 2 not live").contains("None of them").doesNotContain("SHARD ");
    }

    @Test
    void list_asJson_isTheAnswer() {
        isWell();

        assertThat(cli.run("shards", "list", "--json")).isZero();
        assertThat(cli.out().strip()).isEqualTo(cluster("", "", WELL, SHARDS));
    }

    @Test
    void list_asJsonWithOptions_isTheAnswerWithFewerShards() throws IOException {
        isWell();

        assertThat(cli.run("shards", "list", "--json", "--not-live")).isZero();
        JsonNode answer = HttpCaller.JSON.readTree(cli.out());
        assertThat(answer.path("shards").findValuesAsText("id")).containsExactly("1", "2");
        assertThat(answer.path("leader").asText()).isEqualTo("replica-2");
    }

    @Test
    void list_ofAnUnknownState_isWrongUsageThatNamesTheKnownOnes() {
        assertThat(cli.run("shards", "list", "--state", "lvie")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("--state: lvie (expected: ").contains("handing-over").contains("unowned");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void states_known_areThoseOfSessionsAndUnowned() {
        Stream<String> ofSessions = Arrays.stream(ShardState.values())
                .map(state -> state.name().toLowerCase(Locale.ROOT).replace('_', '-'));

        assertThat(ShardsListCommand.STATES)
                .containsExactlyInAnyOrderElementsOf(Stream.concat(ofSessions, Stream.of("unowned")).toList());
    }

    @Test
    void list_withControlCharactersInTexts_doesNotPassThemOn() {
        server.on("GET /shards", 200, cluster("a\\u001b[2Jb", "\"c\\u001b[2Jd\"", SICK.replace("status", "\\u001b"),
                SHARDS.replace("waits", "\\u001b")));

        assertThat(cli.run("shards", "list")).isZero();
        assertThat(cli.out()).contains("a?[2Jb").contains("c?[2Jd").doesNotContain("\033");
    }

    @Test
    void list_onATerminal_hasColours() {
        isWell();
        cli.terminal = true;

        assertThat(cli.run("shards", "list")).isZero();
        assertThat(cli.out()).contains("\033[32mlive\033[0m").contains("\033[33mqueued\033[0m")
                .contains("\033[31munowned\033[0m");
    }

    // --- get ----------------------------------------------------------------------------------------------------------------

    @Test
    void get_ofAHeldShard_showsAllFields() {
        server.on("GET /shards/0", 200, LIVE);

        assertThat(cli.run("shards", "get", "0")).isZero();
        assertThat(cli.out().lines()).containsExactly("shard: 0 of 3", "state: live", "owner: replica-1", "note: -",
                "session: began 1h2m ago", "sequence: 1204", "accepted: 1200 (4 behind)",
                "waiting: 4 events for the sink", "acknowledged: 812ms ago", "latency: 41.3 ms",
                "sends: 5 in this window", "failures: 0 in a row", "attempt: 2", "epoch: 7");
    }

    @Test
    void get_ofAShardWithoutASession_showsWhatThereIsNotAsNothing() {
        server.on("GET /shards/1", 200, QUEUED);

        assertThat(cli.run("shards", "get", "1")).isZero();
        assertThat(cli.out().lines()).contains("session: -", "sequence: -", "accepted: -", "latency: -");
    }

    @Test
    void get_ofAShardThatNobodyHolds_isShort() {
        server.on("GET /shards/2", 200, UNOWNED);

        assertThat(cli.run("shards", "get", "2")).isZero();
        assertThat(cli.out().lines()).containsExactly("shard: 2 of 3", "state: unowned", "owner: -");
    }

    @Test
    void get_asJson_isTheAnswer() {
        server.on("GET /shards/0", 200, LIVE);

        assertThat(cli.run("shards", "get", "0", "--json")).isZero();
        assertThat(cli.out().strip()).isEqualTo(LIVE);
    }

    @Test
    void get_ofAnUnknownShard_isExitCodeFour() {
        server.on("GET /shards/3", 404, "{\"message\":\"there is no shard 3 (there are 0 to 2)\"}");

        assertThat(cli.run("shards", "get", "3")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(cli.err()).contains("there is no shard 3 (there are 0 to 2)");
    }

    @ParameterizedTest
    @CsvSource({"get x, x", "get 1.5, 1.5", "get 1234567, 1234567", "restart 1 two, two", "disconnect 0x1, 0x1"})
    void number_ofTheWrongForm_isWrongUsageWithoutACall(String arguments, String wrong) {
        assertThat(cli.run(("shards " + arguments).split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("shard: " + wrong + " (expected: its number, from 0; see");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void get_withoutANumber_isWrongUsage() {
        assertThat(cli.run("shards", "get")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("NUMBER").contains("--help");
    }

    // --- pacing -------------------------------------------------------------------------------------------------------------

    @Test
    void pacing_shown_hasTheBudgetAndTheKeysWhereSomeoneWaits() {
        server.on("GET /pacing", 200, PACING);

        assertThat(cli.run("shards", "pacing")).isZero();
        assertThat(cli.out().lines()).containsExactly("starts left: 950 of 1000, all again in 3h12m",
                "reserve: 100 of those left, for shards without a session", "margin: 250ms",
                "began too often in 24 hours, and wait: 7, 9",
                "KEY  WAITING  OPENS IN  HOLDER     SHARD",
                "0    2        4.2s      replica-2  16",
                "2    1        now       -          -");
    }

    @Test
    void pacing_ofAllKeys_hasThoseWhereNobodyWaits() {
        server.on("GET /pacing", 200, PACING);

        assertThat(cli.run("shards", "pacing", "--all")).isZero();
        assertThat(cli.out()).contains("\n1    0        now       -          -\n");
    }

    @Test
    void pacing_whenNobodyWaitsAndNothingIsKnownOfStarts_saysSo() {
        server.on("GET /pacing", 200, "{\"marginMs\":1250,\"capped\":[],\"keys\":[{\"key\":0,\"waiting\":0,"
                + "\"opensInMs\":0}]}");

        assertThat(cli.run("shards", "pacing")).isZero();
        assertThat(cli.out().lines()).containsExactly("starts left: not known yet, the upstream has not told",
                "margin: 1.2s", "No shard waits for a permit.");
    }

    @Test
    void pacing_whenNobodyLeads_saysSo() {
        server.on("GET /pacing", 200, "{}");

        assertThat(cli.run("shards", "pacing")).isZero();
        assertThat(cli.out().strip()).isEqualTo("Not known: no replica that answered leads.");
    }

    @Test
    void pacing_asJson_isTheAnswer() {
        server.on("GET /pacing", 200, PACING);

        assertThat(cli.run("shards", "pacing", "--json")).isZero();
        assertThat(cli.out().strip()).isEqualTo(PACING);
    }

    // --- restart, disconnect, connect ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"restart", "disconnect", "connect"})
    void order_toSomeShards_isACallForEach(String word) {
        server.on("POST /shards/7/" + word, 202, "{\"shards\":[7]}");
        server.on("POST /shards/3/" + word, 202, "{\"shards\":[3]}");

        assertThat(cli.run("shards", word, "7", "3", "7")).isZero();
        assertThat(cli.out().lines()).containsExactly("7 told to " + word, "3 told to " + word);
        assertThat(server.requests).extracting(ScriptedServer.Request::line)
                .containsExactly("POST /shards/7/" + word, "POST /shards/3/" + word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"restart", "disconnect", "connect"})
    void order_toAllShards_isOneCallAndSaysWhichThereAre(String word) {
        server.on("POST /shards/" + word, 202, "{\"shards\":[9,0,2,1,2,5,6]}");

        assertThat(cli.run("shards", word, "--all")).isZero();
        assertThat(cli.out().strip()).isEqualTo("6 shards told to " + word + ": 0-2, 5-6, 9");
        assertThat(server.requests).extracting(ScriptedServer.Request::line).containsExactly("POST /shards/" + word);
    }

    @Test
    void order_asJson_isTheAnswers() {
        server.on("POST /shards/3/restart", 202, "{\"shards\":[3]}")
                .on("POST /shards/4/restart", 202, "{\"shards\":[4]}")
                .on("POST /shards/connect", 202, "{\"shards\":[3,4]}");

        assertThat(cli.run("shards", "restart", "3", "4", "--json")).isZero();
        assertThat(cli.run("shards", "connect", "--all", "--json")).isZero();
        assertThat(cli.out().lines()).containsExactly("{\"shards\":[3]}", "{\"shards\":[4]}", "{\"shards\":[3,4]}");
    }

    @Test
    void order_toNoneOrToSomeAndAll_isWrongUsageWithoutACall() {
        assertThat(cli.run("shards", "disconnect")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("no shard is named (expected: numbers such as '0 3', or --all)");
        assertThat(cli.run("shards", "disconnect", "3", "--all")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("shards are named, and --all is given (expected: one of the two)");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void order_thatFailsForOne_isGivenToTheOthersToo() {
        server.on("POST /shards/9/restart", 404, "{\"message\":\"there is no shard 9 (there are 0 to 2)\"}")
                .on("POST /shards/1/restart", 202, "{\"shards\":[1]}");

        assertThat(cli.run("shards", "restart", "9", "1")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(cli.out().strip()).isEqualTo("1 told to restart");
        assertThat(cli.err()).contains("9: there is no shard 9 (there are 0 to 2)");
    }

    @Test
    void order_toShardsThatNobodyHolds_isExitCodeOne() {
        server.on("POST /shards/2/restart", 202, "{\"shards\":[]}").on("POST /shards/restart", 202, "{\"shards\":[]}");

        assertThat(cli.run("shards", "restart", "2")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("2: no replica that answered holds it");
        assertThat(cli.run("shards", "restart", "--all")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("no replica that answered holds a shard");
        assertThat(cli.out()).isEmpty();
    }

    // --- what the listener refuses ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {400, 409, 500})
    void refusal_ofAnyKind_isExitCodeOneWithItsReason(int status) {
        server.on("POST /shards/1/connect", status, "{\"message\":\"the reason\"}")
                .on("GET /shards", status, "{\"message\":\"the reason\"}");

        assertThat(cli.run("shards", "connect", "1")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.run("shards", "list")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err().lines()).hasSize(2).allMatch(line -> line.endsWith("answered " + status + ": the reason"));
    }

    @Test
    void shards_notConfigured_areExitCodeFourAndSayWhatToSet() {
        server.on("GET /shards", 404, NONE).on("GET /shards/1", 404, NONE).on("GET /pacing", 404, NONE)
                .on("POST /shards/restart", 404, NONE).on("POST /shards/1/restart", 404, NONE);

        for (String arguments : new String[]{"list", "get 1", "pacing", "restart --all", "restart 1"}) {
            assertThat(cli.run(("shards " + arguments).split(" "))).isEqualTo(ExitCode.NOT_FOUND);
        }
        assertThat(cli.err().lines()).hasSize(5).allMatch(line -> line.contains("sandgate.shards.token is not set"));
    }

    @Test
    void listener_thatIsNotThere_isExitCodeThreeAtOnce() {
        server.close();

        assertThat(cli.run("shards", "restart", "1", "2", "3")).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.err()).contains("--admin-url");
    }
}
