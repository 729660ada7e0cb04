package io.sandgate.proxy.replicate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.replicate.Witnesses.Testimony;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/// Looking for a replica that left, with real sockets.
@Timeout(30)
class WitnessesTest {
    private static final String GONE = "gone";

    private final Vertx vertx = Vertx.vertx();
    private final HttpPeers peers = new HttpPeers(vertx, "self", new HttpClientOptions());
    private final List<Member> members = new ArrayList<>();
    private final Map<String, Member> known = new HashMap<>();
    private final List<HttpServer> servers = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Witnesses witnesses = new Witnesses(peers, () -> members, id -> Optional.ofNullable(known.get(id)),
            new SplittableRandom(1));

    @BeforeEach
    void nobodyIsAtTheAddressOfTheOneThatLeft() throws IOException {
        known.put(GONE, member(GONE, stopped()));
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
        peers.close();
        vertx.close().await();
    }

    @Test
    void replicaThatEchoesTheNonceInItsName_isReached() throws IOException {
        known.put(GONE, member(GONE, server(exchange -> answer(exchange, GONE, nonce(exchange)))));

        assertThat(look()).isEqualTo(Testimony.REACHED);
    }

    @Test
    void anotherReplicaAtItsAddress_isNotTheOneThatIsLookedFor() throws IOException {
        known.put(GONE, member(GONE, server(exchange -> answer(exchange, "other", nonce(exchange)))));

        assertThat(look()).isEqualTo(Testimony.NOT_REACHED);
    }

    @Test
    void answerThatWasWrittenForAnother_isNone() throws IOException {
        known.put(GONE, member(GONE, server(exchange -> answer(exchange, GONE, "0"))));

        assertThat(look()).isEqualTo(Testimony.NOT_REACHED);
    }

    @Test
    void replicaThatWasNeverSeen_isNotReached() {
        known.clear();

        assertThat(look()).isEqualTo(Testimony.NOT_REACHED);
    }

    @Test
    void replicaThatAMemberReaches_isReached() throws IOException {
        witness("m1", "{\"reached\":false}");
        witness("m2", "{\"reached\":true}");
        witness("m3", "{\"reached\":false}");

        assertThat(look()).isEqualTo(Testimony.REACHED);
        assertThat(asked).hasSize(3).containsOnly("/reach/gone");
    }

    @Test
    void replicaThatNoMemberReaches_isNotReachedThoughSomeDoNotAnswer() throws IOException {
        witness("m1", "{\"reached\":false}");
        witness("m2", "nonsense");

        assertThat(look()).isEqualTo(Testimony.NOT_REACHED);
    }

    @Test
    void membersOfWhomNoneAnswersInItsName_leaveItUnknown() throws IOException {
        members.add(member("m1", server(exchange -> answer(exchange, "other", "{\"reached\":false}"))));
        witness("m2", "nonsense");
        members.add(member("m3", stopped()));

        assertThat(look()).isEqualTo(Testimony.UNKNOWN);
    }

    @Test
    void fewOfManyMembers_areAsked() throws IOException {
        for (int i : IntStream.range(0, 20).toArray()) {
            witness("m" + i, "{\"reached\":false}");
        }

        assertThat(look()).isEqualTo(Testimony.NOT_REACHED);
        assertThat(asked).hasSize(Witnesses.MOST);
    }

    private Testimony look() {
        return witnesses.look(GONE).toCompletableFuture().join();
    }

    private void witness(String id, String body) throws IOException {
        members.add(member(id, server(exchange -> {
            synchronized (asked) {
                asked.add(exchange.getRequestURI().toString());
            }
            answer(exchange, id, body);
        })));
    }

    private HttpServer stopped() throws IOException {
        HttpServer server = server(exchange -> {});
        server.stop(0);
        return server;
    }

    private static String nonce(HttpExchange exchange) {
        return exchange.getRequestURI().getQuery().replace("nonce=", "");
    }

    private static void answer(HttpExchange exchange, String name, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set(HttpPeers.SENDER, name);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private HttpServer server(HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", handler);
        server.start();
        servers.add(server);
        return server;
    }

    private static Member member(String id, HttpServer server) {
        Endpoint endpoint = new Endpoint("127.0.0.1", server.getAddress().getPort());
        return new Member(id, 1, endpoint, endpoint, MemberState.READY);
    }
}
