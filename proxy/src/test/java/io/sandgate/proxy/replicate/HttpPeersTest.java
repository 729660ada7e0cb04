package io.sandgate.proxy.replicate;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.trafficlistener.DoNothingWiremockNetworkTrafficListener;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static io.sandgate.proxy.route.Routes.running;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// The client against peers on real sockets that are slow, broken, stuck, or lie.
@Timeout(30)
class HttpPeersTest {
    private static final AtomicInteger ACCEPTED = new AtomicInteger();
    private static final Duration PATIENT = Duration.ofSeconds(10);

    private static final class Counting extends DoNothingWiremockNetworkTrafficListener {
        @Override
        public void opened(Socket socket) {
            ACCEPTED.incrementAndGet();
        }
    }

    @RegisterExtension
    static final WireMockExtension PEER = WireMockExtension.newInstance()
            .options(wireMockConfig().bindAddress("127.0.0.1").dynamicPort().networkTrafficListener(new Counting()))
            .build();

    private static @Nullable Vertx shared;

    @BeforeAll
    static void open() {
        shared = Vertx.vertx();
    }

    @AfterAll
    static void close() {
        vertx().close().toCompletionStage().toCompletableFuture().join();
    }

    private static Vertx vertx() {
        return Objects.requireNonNull(shared);
    }

    private final HttpPeers http = new HttpPeers(vertx(), "replica 1", new HttpClientOptions(),
            new HttpPeers.Timeouts(PATIENT, PATIENT, PATIENT, PATIENT));
    private final HttpPeers impatient = new HttpPeers(vertx(), "replica 1", new HttpClientOptions(),
            new HttpPeers.Timeouts(PATIENT, Duration.ofMillis(300), Duration.ofMillis(300), Duration.ofMillis(600)));

    @BeforeEach
    void countConnections() {
        ACCEPTED.set(0);
    }

    @AfterEach
    void closeClient() {
        http.close();
        impatient.close();
    }

    private static Endpoint endpoint(int port) {
        return new Endpoint("127.0.0.1", port);
    }

    private static Member peer(int port) {
        return new Member("p1", 1, endpoint(port), endpoint(port), MemberState.READY);
    }

    private static Member peer() {
        return peer(PEER.getPort());
    }

    private static List<EncodedRoute> batch(int routes) {
        List<EncodedRoute> batch = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            batch.add(EncodedRoute.of(running("r" + i, 1)));
        }
        return batch;
    }

    private static <T extends @Nullable Object> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Throwable failure(CompletionStage<?> stage) throws Exception {
        try {
            throw new AssertionError("answered with " + await(stage));
        } catch (ExecutionException e) {
            return Transience.unwrapped(Objects.requireNonNull(e.getCause()));
        }
    }

    private CompletionStage<Integer> send(int routes, Duration timeout) {
        return http.send(peer(), batch(routes), false, timeout);
    }

    private static void answerPushes(ResponseDefinitionBuilder answer) {
        PEER.stubFor(post(anyUrl()).willReturn(answer));
    }

    private static void answerGets(ResponseDefinitionBuilder answer) {
        PEER.stubFor(get(anyUrl()).willReturn(answer.withHeader(HttpPeers.SENDER, "p1")));
    }

    private static String json(Route route) {
        return new String(RouteJson.write(route), UTF_8);
    }

    @Test
    void send_oneRoute_isARefresh() throws Exception {
        answerPushes(aResponse().withStatus(204));
        assertThat(await(http.send(peer(), batch(1), false, PATIENT))).isZero();
        PEER.verify(postRequestedFor(urlEqualTo("/refresh")).withHeader("content-type", equalTo("application/json"))
                .withHeader("Sandgate-Replica", equalTo("replica 1")).withHeader("Sandgate-Reconcile", absent())
                .withRequestBody(equalTo(json(running("r0", 1)))));
    }

    @Test
    void send_manyRoutes_isABatchOfLinesAndCountsTheInvalid() throws Exception {
        answerPushes(aResponse().withBody("""
                {"result":"applied","reason":"newer"}
                {"result":"invalid","reason":"address_not_allowed"}
                {"result":"ignored","reason":"stale_resource_version"}
                """));
        assertThat(await(http.send(peer(), batch(3), true, PATIENT))).isOne();
        PEER.verify(postRequestedFor(urlEqualTo("/refresh/batch"))
                .withHeader("content-type", equalTo("application/x-ndjson"))
                .withHeader("Sandgate-Reconcile", equalTo("1")).withRequestBody(equalTo(
                        json(running("r0", 1)) + "\n" + json(running("r1", 1)) + "\n" + json(running("r2", 1))
                                + "\n")));
    }

    @Test
    void send_nothing_isAnEmptyBatch() throws Exception {
        answerPushes(aResponse().withStatus(200));
        assertThat(await(http.send(peer(), List.of(), true, PATIENT))).isZero();
        PEER.verify(postRequestedFor(urlEqualTo("/refresh/batch")));
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 403, 404, 413, 429, 500, 503})
    void send_anyOtherStatus_isARefusal(int status) throws Exception {
        answerPushes(
                aResponse().withStatus(status).withHeader("location", PEER.baseUrl() + "/elsewhere").withBody("no"));
        assertThat(failure(send(1, PATIENT))).isInstanceOf(PeerRefusedException.class)
                .hasMessage("peer p1 answered with status code: " + status);
    }

    @Test
    void redirects_areNotFollowed() throws Exception {
        PEER.stubFor(get(urlPathEqualTo("/secret")).willReturn(aResponse().withBody(json(running("a", 1)))));
        answerPushes(aResponse().withStatus(303).withHeader("location", "/secret"));
        PEER.stubFor(get(urlPathEqualTo("/routes/a"))
                .willReturn(aResponse().withStatus(302).withHeader("location", "/secret")));
        PEER.stubFor(get(urlPathEqualTo("/routes"))
                .willReturn(aResponse().withStatus(302).withHeader("location", "/secret")));
        assertThat(failure(send(1, PATIENT))).isInstanceOf(PeerRefusedException.class);
        assertThat(failure(http.route(peer().peer(), "a"))).isInstanceOf(PeerRefusedException.class);
        assertThat(failure(http.routes(peer(), "p1", route -> {}))).isInstanceOf(PeerRefusedException.class);
        PEER.verify(0, getRequestedFor(urlPathEqualTo("/secret")));
    }

    @Test
    void keepAlive_requestsInARow_shareTheirConnection() throws Exception {
        answerPushes(aResponse().withStatus(204));
        answerGets(aResponse().withStatus(404));
        for (int request = 0; request < 20; request++) {
            await(send(1, PATIENT));
            await(http.route(peer().peer(), "a"));
        }
        // another one each time that a request is faster than the return of a connection to the pool, up to the pool's size
        assertThat(ACCEPTED.get()).isBetween(1, HttpPeers.CONNECTIONS_PER_PEER);
    }

    @Test
    void pool_requestsAtOnce_useABoundedNumberOfConnections() throws Exception {
        answerPushes(aResponse().withStatus(204).withFixedDelay(20));
        List<CompletionStage<Integer>> sent = new ArrayList<>();
        for (int request = 0; request < 40; request++) {
            sent.add(send(1, PATIENT));
        }
        for (CompletionStage<Integer> one : sent) {
            await(one);
        }
        assertThat(ACCEPTED.get()).isBetween(2, HttpPeers.CONNECTIONS_PER_PEER);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void send_brokenAnswer_failsAndTheNextRequestSucceeds(Fault fault) throws Exception {
        answerPushes(aResponse().withFault(fault));
        Throwable error = failure(send(3, PATIENT));
        assertThat(error).isNotInstanceOf(PeerRefusedException.class);
        if (fault == Fault.EMPTY_RESPONSE || fault == Fault.CONNECTION_RESET_BY_PEER) {
            assertThat(Transience.isTransient(error)).as(error.toString()).isTrue();
        }
        answerPushes(aResponse().withStatus(200));
        assertThat(await(send(3, PATIENT))).isZero();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void list_brokenAnswer_fails(Fault fault) throws Exception {
        answerGets(aResponse().withFault(fault));
        assertThat(failure(http.routes(peer(), "p1", route -> {}))).isNotNull();
        assertThat(failure(http.route(peer().peer(), "a"))).isNotNull();
    }

    @Test
    void send_slowPeer_timesOutAndFreesTheConnection() throws Exception {
        answerPushes(aResponse().withStatus(204).withFixedDelay(2_000));
        for (int request = 0; request < 2 * HttpPeers.CONNECTIONS_PER_PEER; request++) {
            assertThat(failure(send(1, Duration.ofMillis(60)))).isInstanceOf(TimeoutException.class);
        }
        answerPushes(aResponse().withStatus(204));
        assertThat(await(send(1, PATIENT))).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"})
    void send_givenUp_isNotInFlightAnyMore(String answer) throws Exception {
        try (RawPeer raw = new RawPeer(answer, true)) {
            assertThat(failure(http.send(peer(raw.port()), batch(1), false, Duration.ofMillis(100))))
                    .isInstanceOf(TimeoutException.class);
            assertThat(raw.closedByTheOther()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 503})
    void send_answered_keepsItsConnection(int status) throws Exception {
        answerPushes(aResponse().withStatus(status).withBody(status == 204 ? "" : "not now"));
        for (int request = 0; request < 10; request++) {
            await(send(1, PATIENT).handle((invalid, error) -> error == null));
        }
        assertThat(ACCEPTED.get()).isBetween(1, 2);
    }

    @Test
    void nobodyListens_isAConnectErrorThatCanPass() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Throwable error = failure(http.send(peer(port), batch(1), false, PATIENT));
        assertThat(error).isInstanceOf(ConnectException.class);
        assertThat(Transience.isTransient(error)).isTrue();
    }

    @Test
    void route_foundOrNot() throws Exception {
        PEER.stubFor(get(urlPathEqualTo("/routes/a")).willReturn(aResponse().withBody(json(running("a", 4)))));
        assertThat(await(http.route(peer().peer(), "a"))).isEqualTo(running("a", 4));
        assertThat(await(http.route(peer().peer(), "b"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "../routes", "a?authority=x", "a#b", "a b", "a%2Fb", "a\r\nx: y", "\u00e9", "a;b",
            "+"})
    void route_anyId_isOneSegmentOfThePath(String id) throws Exception {
        answerGets(aResponse().withStatus(404));
        PEER.resetRequests();
        assertThat(await(http.route(peer().peer(), id))).isNull();
        String encoded = URLEncoder.encode(id, UTF_8).replace("+", "%20");
        PEER.verify(1, getRequestedFor(urlEqualTo("/routes/" + encoded)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".."})
    void route_idThatIsNoSegment_isUnknown(String id) throws Exception {
        PEER.resetRequests();
        assertThat(await(http.route(peer().peer(), id))).isNull();
        PEER.verify(0, getRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "{}", "[]", "{\"namespace\":\"d\"", "null"})
    void route_thatIsNone_isAnError(String body) throws Exception {
        answerGets(aResponse().withBody(body));
        assertThat(failure(http.route(peer().peer(), "a"))).hasMessageContaining("sent a route that is none");
    }

    @Test
    void route_endlessAnswer_isCutOff() throws Exception {
        answerGets(aResponse().withBody("x".repeat(3 * 1024 * 1024)));
        assertThat(failure(http.route(peer().peer(), "a"))).isInstanceOf(BoundedBody.OversizedAnswerException.class)
                .hasMessage("answer: (expected: at most 1048576 bytes)");
        answerPushes(aResponse().withBody("x".repeat(3 * 1024 * 1024)));
        assertThat(failure(send(2, PATIENT))).isInstanceOf(BoundedBody.OversizedAnswerException.class);
    }

    @Test
    void list_isReadLineByLineWithOrWithoutALastLineEnd() throws Exception {
        String lines = json(running("a", 1)) + "\n" + json(running("b", 2));
        answerList("/routes?authority=replica%20%261", lines);
        answerList("/routes?authority=", lines + "\n");
        List<Route> read = new ArrayList<>();
        await(http.routes(peer(), "replica &1", read::add));
        assertThat(read).containsExactly(running("a", 1), running("b", 2));
        await(http.routes(peer(), "", read::add));
        assertThat(read).hasSize(4);
    }

    @Test
    void list_ofAnotherReplicaAtThePeersAddress_isRefused() throws Exception {
        for (ResponseDefinitionBuilder answer : List.of(aResponse(), aResponse().withHeader(HttpPeers.SENDER, "p2"))) {
            PEER.stubFor(get(anyUrl()).willReturn(answer.withBody(json(running("a", 1)))));
            List<Route> read = new ArrayList<>();
            assertThat(failure(http.routes(peer(), "p1", read::add))).hasMessageContaining(
                    "(expected: Sandgate-Replica: p1)");
            assertThat(read).isEmpty();
        }
    }

    private static void answerList(String url, String lines) {
        PEER.stubFor(get(urlEqualTo(url))
                .willReturn(aResponse().withHeader(HttpPeers.SENDER, "p1").withBody(lines)));
    }

    @Test
    void list_empty_isComplete() throws Exception {
        answerGets(aResponse().withStatus(200));
        await(http.routes(peer(), "p1", route -> {
            throw new AssertionError("there is none");
        }));
    }

    @Test
    void list_longAndInSmallPieces_isReadWhole() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            lines.append(json(running("r" + i, 1))).append('\n');
        }
        answerGets(aResponse().withBody(lines.toString()).withChunkedDribbleDelay(50, 200));
        Set<String> names = ConcurrentHashMap.newKeySet();
        await(http.routes(peer(), "p1", route -> names.add(route.name())));
        assertThat(names).hasSize(5_000);
    }

    @Test
    void list_cutInALine_isAnError() throws Exception {
        String line = json(running("b", 1));
        for (int length : List.of(1, line.length() / 2, line.length() - 1)) {
            answerGets(aResponse().withBody(json(running("a", 1)) + "\n" + line.substring(0, length)));
            List<Route> read = new ArrayList<>();
            assertThat(failure(http.routes(peer(), "p1", read::add))).hasMessageContaining("route that is none");
            assertThat(read).containsExactly(running("a", 1));
        }
    }

    @Test
    void list_cutByTheConnection_isAnError() throws Exception {
        String whole = (json(running("a", 1)) + "\n").repeat(3);
        String lengthThatIsNotKept = "HTTP/1.1 200 OK\r\nSandgate-Replica: p1\r\ncontent-length: "
                + (whole.length() + 10) + "\r\n\r\n" + whole;
        String chunksWithoutEnd = "HTTP/1.1 200 OK\r\nSandgate-Replica: p1\r\ntransfer-encoding: chunked\r\n\r\n"
                + Integer.toHexString(whole.length()) + "\r\n" + whole + "\r\n";
        for (String answer : List.of(lengthThatIsNotKept, chunksWithoutEnd)) {
            try (RawPeer raw = new RawPeer(answer, false)) {
                assertThat(failure(http.routes(peer(raw.port()), "p1", route -> {}))).isNotNull();
            }
        }
    }

    @Test
    void list_thatStops_timesOut() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nSandgate-Replica: p1\r\ntransfer-encoding: chunked\r\n\r\n";
        try (RawPeer raw = new RawPeer(answer, true)) {
            assertThat(failure(impatient.routes(peer(raw.port()), "p1", route -> {}))).isNotNull();
            assertThat(raw.closedByTheOther()).isTrue();
        }
    }

    @Test
    void answersThatTrickle_areCutOffAfterTheWholeTime() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nSandgate-Replica: p1\r\ncontent-length: 1000000\r\n\r\n";
        try (RawPeer raw = new RawPeer(head, true).trickling()) {
            assertThat(failure(impatient.send(peer(raw.port()), batch(2), false, Duration.ofMillis(400))))
                    .isInstanceOf(TimeoutException.class);
            assertThat(raw.closedByTheOther()).isTrue();
        }
        try (RawPeer raw = new RawPeer(head, true).trickling()) {
            assertThat(failure(impatient.route(endpoint(raw.port()), "a"))).isInstanceOf(TimeoutException.class);
            assertThat(raw.closedByTheOther()).isTrue();
        }
        try (RawPeer raw = new RawPeer(head, true).trickling()) {
            assertThat(failure(impatient.routes(peer(raw.port()), "p1", route -> {})))
                    .isInstanceOf(TimeoutException.class);
            assertThat(raw.closedByTheOther()).isTrue();
        }
    }

    @Test
    void list_withALineThatNeverEnds_isCutOff() throws Exception {
        answerGets(aResponse().withBody("x".repeat(5 * 1024 * 1024)));
        assertThat(failure(http.routes(peer(), "p1", route -> {}))).hasMessageContaining("too long");
    }

    @Test
    void list_whoseReaderFails_fails() throws Exception {
        answerGets(aResponse().withBody((json(running("a", 1)) + "\n").repeat(3)));
        AtomicInteger calls = new AtomicInteger();
        assertThat(failure(http.routes(peer(), "p1", route -> {
            calls.incrementAndGet();
            throw new IllegalArgumentException("full");
        }))).hasMessage("full");
        assertThat(calls).hasValue(1);
    }

    /// A peer that writes bytes as they are to each connection after the request's head.
    private static final class RawPeer implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final Set<Socket> sockets = Collections.newSetFromMap(new ConcurrentHashMap<>());
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile boolean trickling;

        RawPeer(String answer, boolean stayOpen) throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket socket = server.accept();
                        sockets.add(socket);
                        Thread.ofVirtual().start(() -> serve(socket, answer, stayOpen));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
        }

        RawPeer trickling() {
            trickling = true;
            return this;
        }

        int port() {
            return server.getLocalPort();
        }

        boolean closedByTheOther() throws InterruptedException {
            return closed.await(10, TimeUnit.SECONDS);
        }

        private void serve(Socket socket, String answer, boolean stayOpen) {
            try (socket) {
                byte[] head = new byte[16 * 1024];
                int read = socket.getInputStream().read(head);
                assertThat(read).isPositive();
                socket.getOutputStream().write(answer.getBytes(UTF_8));
                socket.getOutputStream().flush();
                if (!stayOpen) {
                    return;
                }
                socket.setSoTimeout(30);
                while (true) {
                    try {
                        if (socket.getInputStream().read(head) < 0) {
                            return;
                        }
                    } catch (SocketTimeoutException e) {
                        if (trickling) {
                            socket.getOutputStream().write(' ');
                            socket.getOutputStream().flush();
                        }
                    }
                }
            } catch (IOException e) {
                // the other side closed the connection while this side wrote
            } finally {
                closed.countDown();
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
