package io.sandgate.proxy.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What must not reach a sandbox as it is, over real sockets, and the page that says so.
class RefusalTableTest {

    private static final Path PAGE = Path.of("..", "docs", "refusals.md");
    private static final int PIECES = 8;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 \\d{3} ");

    private static final Rig RIG = new Rig();
    /// What the sandbox got: heads, and of requests with a body the rest of the connection.
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();
    /// How many of the connections to the sandbox have ended.
    private static final AtomicInteger ENDED = new AtomicInteger();
    private static RawSandbox sandbox;

    @BeforeAll
    static void run() throws IOException {
        sandbox = new RawSandbox(peer -> {
            try {
                serve(peer);
            } finally {
                ENDED.incrementAndGet();
            }
        });
        RIG.run("abc", "u1", sandbox);
    }

    private static void serve(RawPeer peer) throws IOException {
        while (true) {
            String head = peer.head();
            SEEN.add(head);
            if (!RawPeer.field(head, "transfer-encoding").isEmpty()) {
                SEEN.add("body: " + untilEnd(peer));
                return;
            }
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    }

    @AfterAll
    static void close() throws IOException {
        sandbox.close();
        RIG.close();
    }

    private static String untilEnd(RawPeer peer) {
        StringBuilder text = new StringBuilder();
        try {
            while (true) {
                text.append(peer.text(1));
            }
        } catch (IOException e) {
            return text.toString();
        }
    }

    /// Whether the sandbox has seen all that there is: every connection to it has ended, or is idle.
    private static boolean isQuiet() {
        int made = sandbox.connections();
        return made == RIG.metric("sandgate.proxy.upstream.connects", "result", "ok")
                && made - ENDED.get() == RIG.metric("sandgate.proxy.upstream.idle");
    }

    static List<RefusalCase> cases() {
        return RefusalCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void input_thatMustNotPass_isRefusedOrCleaned(RefusalCase refused) throws Exception {
        check(refused, 1);
        check(refused, PIECES);
    }

    private static void check(RefusalCase refused, int pieces) throws Exception {
        String host = sandbox.port() + "-abc.localhost";
        String behind = "GET /behind HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
        SEEN.clear();
        try (RawPeer client = RIG.client()) {
            send(client, refused.request(host) + behind, pieces);
            switch (refused.then()) {
                case CLOSED -> {
                    assertOneAnswer(refused, client.rest());
                    assertThat(SEEN).isEmpty();
                }
                case CUT_OFF -> {
                    assertOneAnswer(refused, client.rest());
                    await().until(RefusalTableTest::isQuiet);
                    assertThat(SEEN).hasSizeLessThanOrEqualTo(2).allMatch(part -> part.startsWith("POST / HTTP/1.1\n")
                            || part.startsWith("body: "));
                    assertThat(String.join("", SEEN)).doesNotContain("0\r\n\r\n", "0\n\n", "0\r\n\rX", "behind");
                }
                case KEPT -> {
                    assertThat(client.message()).startsWith("HTTP/1.1 " + refused.status() + " ");
                    assertThat(client.message()).startsWith("HTTP/1.1 200 ").endsWith("ok");
                    assertThat(SEEN).singleElement().asString().startsWith("GET /behind ");
                }
                case CLEANED -> {
                    assertThat(client.message()).startsWith("HTTP/1.1 200 ").endsWith("ok");
                    assertThat(client.message()).startsWith("HTTP/1.1 200 ").endsWith("ok");
                    assertThat(SEEN).hasSize(2);
                    assertThat(SEEN.getFirst().toLowerCase(Locale.ROOT)).startsWith("get / ")
                            .doesNotContain(refused.absent());
                    assertThat(SEEN.getLast()).startsWith("GET /behind ");
                }
            }
        }
    }

    private static void assertOneAnswer(RefusalCase refused, String answers) {
        assertThat(answers).startsWith("HTTP/1.1 " + refused.status() + " ").contains("Connection: close\r\n");
        assertThat(STATUS_LINE.matcher(answers).results()).hasSize(1);
    }

    /// Sends a request in as many pieces, cut at places that are the same in every run.
    private static void send(RawPeer client, String request, int pieces) throws IOException {
        int[] cuts = new Random(pieces).ints(pieces - 1L, 0, request.length()).sorted().toArray();
        int from = 0;
        for (int cut : cuts) {
            client.send(request.substring(from, cut));
            from = cut;
        }
        client.send(request.substring(from));
    }

    @Test
    void page_inTheDocumentation_isWhatTheCasesSay() throws Exception {
        if (Boolean.getBoolean("sandgate.docs.write")) {
            Files.writeString(PAGE, page());
        }

        assertThat(PAGE).as("docs/refusals.md is stale: write it anew with"
                + " mvn -pl proxy -am test -Dtest=RefusalTableTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dsandgate.docs.write=true").content().isEqualTo(page());
    }

    private static String page() {
        StringBuilder page = new StringBuilder(
                """
                        # What the data plane refuses

                        <!-- Made from the cases of RefusalTableTest and Http2RefusalTest, which send each of them over a real \
                        socket, those of HTTP/1.1 whole and in pieces. The first fails when this is stale, and says how to write it anew. -->

                        A request that two parsers could read differently is not passed on: it is answered with the status below,
                        in JSON that says what was expected, and what comes behind it on the connection is answered only where it
                        is certain to be the next request. "Closed" means that it is not: the answer says `Connection: close`, the
                        connection ends, and nothing behind the request is answered or forwarded. The sandbox sees nothing of a
                        refused request, but of one whose body turns out to be malformed: its connection is closed before the
                        request is complete, and used for no other.
                        """);
        String group = "";
        for (RefusalCase refused : cases()) {
            if (!group.equals(refused.group())) {
                group = refused.group();
                page.append("\n## ").append(group)
                        .append("\n\n| input | bytes | answer | connection | rule |\n| --- | --- | --- | --- | --- |\n");
            }
            page.append(refused.row());
        }
        return page.append(Http2RefusalCases.section()).toString();
    }
}
