package io.sandgate.api.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WatchCommandTest {

    private static final String FIRST = """
            {"type":"event","cursor":"e1:7","kind":"sandbox.created","at":"2026-05-01T12:00:05.123456Z",\
            "origin":{"replica":"r1","cursor":"e1:7"},"sandbox":"iabc","owner":"team-a","metadata":{"a":"b"},\
            "data":{"state":"running","template":"web","nothing":null,"more":{"x":1},"shard":[3,8]}}""";
    private static final String SECOND = """
            {"type":"event","cursor":"e1:9","kind":"member.left","at":"2026-05-01T12:00:06Z","data":{"id":"r2"}}""";
    private static final String HELLO = frame("hello", "{\"type\":\"hello\",\"cursor\":\"e1:5\",\"replica\":\"r1\"}");
    private static final String LIVE = frame("live", "{\"type\":\"live\",\"cursor\":\"e1:9\"}");

    /// An answer; the last piece of one that stays open is empty.
    private record Answer(int status, List<String> pieces) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private Fixture cli = new Fixture(Path.of(""));

    WatchCommandTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    @BeforeEach
    void useServer() {
        cli = new Fixture(Path.of(""));
        cli.environment.put("SANDGATE_ADMIN_URL", url());
    }

    @AfterEach
    void stopServer() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static String frame(String type, String json) {
        return "event: " + type + "\ndata: " + json + "\n\n";
    }

    private static String event(String json) {
        String cursor = json.replaceFirst(".*?\"cursor\":\"([^\"]*)\".*", "$1");
        return "id: " + cursor + "\ndata: " + json + "\n\n";
    }

    private void streams(String... pieces) {
        answers.add(new Answer(200, List.of(pieces)));
    }

    private void refuses(int status, String body) {
        answers.add(new Answer(status, List.of(body)));
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            requests.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("X-API-KEY") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            Answer answer = answers.remove();
            exchange.getResponseHeaders().add("content-type", "text/event-stream");
            exchange.sendResponseHeaders(answer.status(), 0);
            for (String piece : answer.pieces()) {
                exchange.getResponseBody().write(piece.getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                if (piece.isEmpty()) {
                    over.await();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void events_shown_areALineEachWithTheFirstWordsOfTheirData() {
        streams(HELLO, event(FIRST), ": comment\n\n", event(SECOND), LIVE, "");

        assertThat(cli.run("watch", "--until-live")).isZero();
        assertThat(cli.out().lines()).containsExactly(
                "2026-05-01T12:00:05.123Z sandbox.created      iabc team-a state=running template=web shard=[3,8]",
                "2026-05-01T12:00:06.000Z member.left          id=r2");
        assertThat(cli.err()).isEmpty();
        assertThat(requests).containsExactly("/events null null");
    }

    @Test
    void events_asJson_areTheLinesThatCame() {
        streams(HELLO, event(FIRST), event(SECOND), LIVE, "");

        assertThat(cli.run("watch", "--until-live", "--json")).isZero();
        assertThat(cli.out().lines()).containsExactly(FIRST, SECOND);
    }

    @Test
    void count_reached_endsBeforeTheNext() {
        streams(HELLO, event(FIRST), event(SECOND), "");

        assertThat(cli.run("watch", "--count", "1")).isZero();
        assertThat(cli.out().lines()).hasSize(1);
    }

    @Test
    void output_thatNobodyReadsAnyMore_endsQuietly() throws IOException {
        streams(HELLO, event(FIRST), event(SECOND));
        refuses(410, "{\"code\":410,\"message\":\"asked again\"}");
        cli.closeOutput();

        assertThat(cli.run("watch")).isEqualTo(ExitCode.UNREAD);
        assertThat(cli.err()).isEmpty();
        assertThat(requests).hasSize(1);
    }

    @Test
    void options_given_areTheParametersOfTheCall() {
        streams(LIVE);

        assertThat(
                cli.run("watch", "--until-live", "--after", "e1:4", "--kind", "sandbox,member.left", "--sandbox", "i1",
                        "--sandbox", "i2", "--owner", "t", "--metadata", "a b=c&d", "--metadata", "e="))
                .isZero();
        assertThat(requests).containsExactly("/events?after=e1%3A4&kind=sandbox%2Cmember.left&sandbox=i1%2Ci2&owner=t"
                + "&metadata=a%2520b%3Dc%2526d%26e%3D null null");
    }

    @ParameterizedTest
    @CsvSource({"--oldest, after=oldest", "--snapshot, snapshot=true"})
    void start_ofAnotherKind_isAskedFor(String option, String expected) {
        streams(LIVE);

        assertThat(cli.run("watch", "--until-live", option)).isZero();
        assertThat(requests).containsExactly("/events?" + expected + " null null");
    }

    @Test
    void admin_withAToken_isShownIt() {
        streams(LIVE);

        assertThat(cli.run("watch", "--until-live", "--admin-token", "t1")).isZero();
        assertThat(requests).containsExactly("/events null Bearer t1");
    }

    @Test
    void publicListener_withAKey_isFollowedInstead() {
        cli.environment.remove("SANDGATE_ADMIN_URL");
        cli.environment.put("E2B_API_URL", url());
        streams(LIVE);
        streams(LIVE);

        assertThat(cli.run("watch", "--until-live", "--api-key", Fixture.KEY)).isZero();
        cli.environment.put("E2B_API_KEY", "k2");
        assertThat(cli.run("watch", "--until-live", "--public")).isZero();
        assertThat(requests).containsExactly("/events " + Fixture.KEY + " null", "/events k2 null");
    }

    @Test
    void connection_thatBreaks_isReplacedFromTheLastPlace() {
        streams(HELLO, event(FIRST), frame("cursor", "{\"type\":\"cursor\",\"cursor\":\"e1:8\"}"));
        refuses(503, "{\"message\":\"stops\"}");
        streams(event(SECOND), LIVE, "");

        assertThat(cli.run("watch", "--until-live", "--kind", "x")).isZero();
        assertThat(cli.out().lines()).hasSize(2);
        assertThat(requests).containsExactly("/events?kind=x null null", "/events?after=e1%3A8&kind=x null null",
                "/events?after=e1%3A8&kind=x null null");
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.err()).contains("broke; going on from e1:8");
    }

    @Test
    void connection_thatBreaksInTheState_beginsTheStateAnew() {
        streams(HELLO, frame("state", "{\"type\":\"state\",\"count\":2,\"cursor\":\"e1:9\"}"),
                "data: " + FIRST + "\n\n");
        streams(frame("state", "{\"count\":1,\"cursor\":\"e1:9\"}"), "data: " + FIRST + "\n\n",
                frame("state_end", "{\"cursor\":\"e1:9\"}"));
        streams(LIVE, "");

        assertThat(cli.run("watch", "--snapshot", "--until-live")).isZero();
        assertThat(requests).containsExactly("/events?snapshot=true null null", "/events?snapshot=true null null",
                "/events?after=e1%3A9 null null");
    }

    @Test
    void end_thatTheServerMakes_isSaidAndGoneOnAfter() {
        streams(HELLO, frame("end", "{\"code\":1001,\"reason\":\"this replica stops\",\"cursor\":\"e1:6\"}"), "");
        streams(LIVE, "");

        assertThat(cli.run("watch", "--until-live")).isZero();
        assertThat(cli.err()).contains("ended the stream: this replica stops (1001); going on from e1:6");
        assertThat(requests).last().isEqualTo("/events?after=e1%3A6 null null");
    }

    @ParameterizedTest
    @CsvSource({"4009, --snapshot", "4003, revoked"})
    void end_thatIsForGood_isExitCodeOne(int code, String said) {
        streams(HELLO, frame("end", "{\"code\":" + code + ",\"reason\":\"revoked\",\"cursor\":\"e1:6\"}"), "");

        assertThat(cli.run("watch")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains(said);
        assertThat(requests).hasSize(1);
    }

    @Test
    void cursor_thatIsTooOld_isExitCodeOneAndSaysWhatToDo() {
        refuses(410, "{\"code\":410,\"message\":\"e1:1 is too old\",\"reason\":\"cursor_too_old\"}");

        assertThat(cli.run("watch", "--after", "e1:1")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("e1:1 is too old (begin anew with --snapshot");
    }

    @Test
    void cursor_thatIsRefusedAfterABreak_isNotAskedForAgain() {
        streams(HELLO, event(FIRST));
        refuses(410, "{\"code\":410,\"message\":\"another epoch\",\"reason\":\"cursor_other_epoch\"}");

        assertThat(cli.run("watch")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("another epoch (begin anew with --snapshot");
        assertThat(requests).hasSize(2);
    }

    @Test
    void filter_thatIsRefused_isWrongUsage() {
        refuses(400, "{\"code\":400,\"message\":\"kind: x y (expected: ...)\",\"reason\":\"filter_invalid\"}");

        assertThat(cli.run("watch", "--kind", "x y")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("kind: x y (expected: ...)");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429, 503})
    void refusal_ofTheFirstCall_isExitCodeOne(int status) {
        refuses(status, "{\"message\":\"the reason\"}");

        assertThat(cli.run("watch")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("the reason");
        assertThat(requests).hasSize(1);
    }

    @Test
    void listener_thatIsNotThere_isExitCodeThree() {
        server.stop(0);

        assertThat(cli.run("watch")).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(cli.err()).contains("--admin-url");
    }

    @ParameterizedTest
    @CsvSource({"--after e1:1 --oldest, one of --after", "--oldest --snapshot, one of --after", "--count 0, --count: 0",
            "--count x, --count", "--metadata a, KEY=VALUE"})
    void options_thatCannotBe_areWrongUsageWithoutACall(String options, String said) {
        assertThat(cli.run(("watch " + options).split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains(said);
        assertThat(requests).isEmpty();
    }

    @Test
    void stop_asked_endsWithThePlaceOnStandardError() {
        streams(HELLO, event(FIRST), "");

        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> cli.run("watch"), threads);
        Awaitility.await().until(() -> cli.out().contains("sandbox.created"));
        Awaitility.await().until(() -> {
            cli.stop.request();
            return code.isDone();
        });
        assertThat(code.join()).isZero();
        assertThat(cli.err().strip()).isEqualTo("sandgate: go on with --after e1:7");
    }

    @Test
    void texts_withControlCharacters_doNotReachTheTerminal() {
        streams(event(FIRST.replace("running", "a\\u001b[2Jb")), LIVE, "");

        assertThat(cli.run("watch", "--until-live")).isZero();
        assertThat(cli.out()).contains("state=a?[2Jb").doesNotContain("\033");
    }
}
