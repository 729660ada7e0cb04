package io.sandgate.proxy.forward;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What a sandbox sees of streams of requests, well-formed and damaged, against what RFC 9112 says that it should have seen. The
/// number of seeds is the property `sandgate.fuzz.seeds`, the first of them `sandgate.fuzz.first`.
class RelayFuzzTest {
    private static final long FIRST = Long.getLong("sandgate.fuzz.first", 1);
    private static final long SEEDS = Long.getLong("sandgate.fuzz.seeds", 1_500);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 \\d{3} ");

    private static final Rig RIG = new Rig();
    /// What came over each connection to the sandbox, in the order of their requests.
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();
    private static final AtomicInteger ENDED = new AtomicInteger();
    private static RawSandbox sandbox;

    @BeforeAll
    static void run() throws IOException {
        sandbox = new RawSandbox(peer -> {
            try {
                while (true) {
                    serve(peer);
                }
            } finally {
                ENDED.incrementAndGet();
            }
        });
        RIG.run("abc", "u1", sandbox);
    }

    /// Reads octet by octet until what has come is one whole request, as the oracle sees it.
    private static void serve(RawPeer peer) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            while (OracleRequest.read(text.toString()).whole().isEmpty()) {
                do {
                    text.append(peer.text(1));
                } while (peer.hasMore());
            }
        } finally {
            if (!text.isEmpty()) {
                SEEN.add(text.toString());
            }
        }
        boolean head = text.toString().startsWith("HEAD ");
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (head ? "" : "ok"));
    }

    @AfterAll
    static void close() throws IOException {
        sandbox.close();
        RIG.close();
    }

    @Test
    void streamsOfRequests_areSeenAsTheyShouldBe() throws Exception {
        String host = sandbox.port() + "-abc.localhost";
        List<OracleRequest> before = List.of();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            before = check(seed, new RequestStreams(seed, host), before);
        }
    }

    /// Checks one stream.
    ///
    /// @param before what the stream before it had in it, the last of which may be seen only now: its client did not wait
    private static List<OracleRequest> check(long seed, RequestStreams streams, List<OracleRequest> before)
            throws Exception {
        RequestStreams.Made made = streams.next();
        SEEN.clear();
        String answers = exchange(made, streams);
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(RelayFuzzTest::isQuiet);
        List<OracleRequest> expected = OracleRequest.read(made.text()).whole();
        List<OracleRequest> seen = new ArrayList<>();
        for (String text : SEEN) {
            assertThat(OracleRequest.isBeginning(text))
                    .as("seed %d: %s%nmust not have been seen: %s", seed, made.text(),
                            text)
                    .isTrue();
            OracleRequest.Stream read = OracleRequest.read(text);
            assertThat(read.whole().size()).as("requests in one: %s", text).isLessThanOrEqualTo(1);
            assertThat(read.whole().isEmpty() || read.rest() == text.length()).as("bytes behind: %s", text).isTrue();
            seen.addAll(read.whole());
        }
        seen.removeAll(before);
        String story = "seed " + seed + ": " + made.text() + "\nanswered: " + answers;
        if (made.wellFormed()) {
            assertThat(seen).as(story).isEqualTo(expected);
            assertThat(STATUS.matcher(answers).results()).as(story).hasSize(made.requests());
        } else {
            int at = 0;
            for (OracleRequest request : seen) {
                while (at < expected.size() && !expected.get(at).equals(request)) {
                    at++;
                }
                assertThat(at).as("%s%nmust not have been seen: %s", story, request).isLessThan(expected.size());
                at++;
            }
        }
        return expected;
    }

    private static String exchange(RequestStreams.Made made, RequestStreams streams) throws IOException {
        double refused = RIG.metric("sandgate.proxy.refused");
        long whole = OracleRequest.read(made.text()).whole().stream().filter(RelayFuzzTest::isForSandbox).count();
        try (RawPeer client = RIG.client()) {
            try {
                int at = 0;
                while (at < made.text().length()) {
                    int next = at + streams.piece(made.text().length() - at);
                    client.send(made.text().substring(at, next));
                    at = next;
                }
                if (OracleRequest.mayGoOn(made.text())) {
                    // what comes no more is waited for, but not before all that is there has been read
                    await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> SEEN.size() >= whole
                            || RIG.metric("sandgate.proxy.refused") > refused);
                    client.endOutput();
                }
                return client.rest();
            } catch (IOException e) {
                if (made.wellFormed()) {
                    throw e;
                }
                return "broken off";
            }
        }
    }

    private static boolean isForSandbox(OracleRequest request) {
        return request.fields().contains("host: " + sandbox.port() + "-abc.localhost");
    }

    /// Whether the sandbox has seen all that there is: nothing is under way, and every connection has ended, or is idle.
    private static boolean isQuiet() {
        int made = sandbox.connections();
        return RIG.metric("sandgate.proxy.upstream.active") == 0
                && made == RIG.metric("sandgate.proxy.upstream.connects", "result", "ok")
                && made - ENDED.get() == RIG.metric("sandgate.proxy.upstream.idle");
    }
}
