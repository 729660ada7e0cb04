package io.sandgate.proxy.forward;

import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What must not reach a sandbox over HTTP/2, over real sockets.
class Http2RefusalTest {
    private static final Rig RIG = new Rig();
    /// The heads of requests that the sandbox has got whole.
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();
    private static RawSandbox sandbox;

    @BeforeAll
    static void run() throws IOException {
        sandbox = new RawSandbox(peer -> {
            while (true) {
                String head = peer.head();
                if (!RawPeer.field(head, "transfer-encoding").isEmpty()) {
                    String chunk = peer.chunk();
                    while (!chunk.isEmpty()) {
                        chunk = peer.chunk();
                    }
                } else if (!RawPeer.field(head, "content-length").isEmpty()) {
                    peer.text(Integer.parseInt(RawPeer.field(head, "content-length")));
                }
                SEEN.add(head);
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        RIG.run("abc", "u1", sandbox);
    }

    @AfterAll
    static void close() throws IOException {
        sandbox.close();
        RIG.close();
    }

    static List<Http2RefusalCase> cases() {
        return Http2RefusalCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void input_thatMustNotPass_isRefused(Http2RefusalCase refused) throws Exception {
        String host = sandbox.port() + "-abc.localhost";
        SEEN.clear();
        try (RawHttp2 client = RawHttp2.of(RIG.client())) {
            try {
                refused.script().send(client, host);
            } catch (SocketException e) {
                // closed in the middle of a flood; what was answered before can be read
            }

            assertThat(outcome(client, refused)).isEqualTo(refused.outcome());

            if (refused.isKept()) {
                RawHttp2.Reply behind = client.get(3, host, "/behind").reply(3);
                assertThat(behind.body()).as(behind.toString()).isEqualTo("ok");
                assertThat(SEEN).singleElement().asString().startsWith("GET /behind ");
            } else {
                assertThat(client.ending()).isEqualTo("closed");
                assertThat(SEEN).isEmpty();
            }
        }
    }

    private static String outcome(RawHttp2 client, Http2RefusalCase refused) throws IOException {
        if (refused.isKept()) {
            RawHttp2.Reply reply = client.reply(1);
            return reply.status() > 0 ? "status " + reply.status() : reply.ending();
        }
        return "goaway " + client.next(RawHttp2.GOAWAY).error();
    }
}
