package io.sandgate.gateway.stream.webhook.connect;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sandgate.gateway.stream.webhook.Attempt;
import io.sandgate.gateway.stream.webhook.EventType;
import io.sandgate.gateway.stream.webhook.Outcome;
import io.sandgate.gateway.stream.webhook.Webhook;
import io.sandgate.gateway.stream.webhook.WebhookTargets;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Requests to a real receiver on loopback.
class HttpWebhookSenderTest {
    private static final String SECRET = "signature secret ü";

    /// A request that came.
    record Got(String method, String path, Map<String, String> headers, String body) {}

    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Got> got = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> names = new HashMap<>(Map.of("receiver.test", "127.0.0.1"));
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile boolean stalls;
    private HttpServer server;
    private HttpWebhookSender sender;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        sender = sender(new WebhookTargets(List.of(), true, address -> false));
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        sender.close();
        server.stop(0);
        vertx.close().await();
        threads.shutdownNow();
    }

    @Test
    void event_isPostedWithTheHeadersThatReceiversKnow() {
        assertThat(send(url("/hook?key=1"))).isEqualTo(new Outcome.Delivered());

        Got request = got.getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/hook?key=1");
        assertThat(request.headers()).containsEntry("Content-type", "application/json")
                .containsEntry("E2b-webhook-id", "w").containsEntry("E2b-delivery-id", "d")
                .containsEntry("E2b-signature-version", "v1")
                .containsEntry("Host", "receiver.test:" + server.getAddress().getPort());
    }

    @Test
    void ipv6Literal_isNamedInItsBrackets() {
        // over IPv4, which each machine has
        names.put("::1", "127.0.0.1");
        int port = server.getAddress().getPort();
        assertThat(send(URI.create("http://[::1]:" + port + "/"))).isEqualTo(new Outcome.Delivered());

        assertThat(got.getFirst().headers()).containsEntry("Host", "[::1]:" + port);
    }

    /// As E2B tells receivers to do it.
    @Test
    void signature_isWhatReceiversExpect() throws Exception {
        send(url("/"));

        Got request = got.getFirst();
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest((SECRET + request.body()).getBytes(StandardCharsets.UTF_8));
        String expected = Base64.getEncoder().encodeToString(hash).replaceAll("=+$", "");
        assertThat(request.headers()).containsEntry("E2b-signature", expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503, 599})
    void statuses_thatCanPass_areFailures(int answer) {
        status = answer;
        assertThat(send(url("/"))).isEqualTo(new Outcome.Failed("answered " + answer, Duration.ofSeconds(7)));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 410})
    void statuses_thatStay_areRefusals(int answer) {
        status = answer;
        assertThat(send(url("/"))).isEqualTo(new Outcome.Refused("answered " + answer));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirects_areNotFollowed(int answer) {
        status = answer;
        assertThat(send(url("/"))).isInstanceOfSatisfying(Outcome.Refused.class,
                refused -> assertThat(refused.reason()).contains("redirects"));
        assertThat(got).hasSize(1);
    }

    @Test
    void receiver_thatDoesNotAnswer_isLeftAfterTheTimeout() {
        stalls = true;
        assertThat(send(attempt(url("/"), 1, Duration.ofMillis(300))))
                .isEqualTo(new Outcome.Failed("no answer within 300ms", Duration.ZERO));
    }

    @Test
    void nobodyThere_isAFailure() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        assertThat(send(URI.create("http://receiver.test:" + port + "/")))
                .isEqualTo(new Outcome.Failed("no connection", Duration.ZERO));
    }

    @Test
    void nameWithoutAddress_isAFailure() {
        assertThat(send(URI.create("https://nowhere.test/")))
                .isEqualTo(new Outcome.Failed("the name has no address", Duration.ZERO));
    }

    @Test
    void certificate_thatIsNone_isAFailureThatSaysSo() {
        assertThat(send(URI.create("https://receiver.test:" + server.getAddress().getPort() + "/")))
                .isInstanceOf(Outcome.Failed.class);
        assertThat(got).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "10.0.0.1", "0.0.0.0", "127.0.0.1 169.254.169.254"})
    void name_thatLeadsWhereItMayNot_isRefused(String addresses) {
        names.put("receiver.test", addresses);
        assertThat(send(url("/"))).isInstanceOfSatisfying(Outcome.Refused.class,
                refused -> assertThat(refused.reason()).contains("an address that webhooks may not be sent to"));
        assertThat(got).isEmpty();
    }

    @Test
    void name_thatChangesItsAddress_isCheckedEachTime() {
        assertThat(send(url("/"))).isInstanceOf(Outcome.Delivered.class);
        names.put("receiver.test", "169.254.169.254");
        assertThat(send(url("/"))).isInstanceOf(Outcome.Refused.class);
    }

    /// A name server can give a form of an IPv4 address that no literal has: Java makes of a literal what it stands for.
    @ParameterizedTest
    @ValueSource(strings = {"00000000000000000000ffff7f000001", "00000000000000000000ffff0a000001",
            "00000000000000000000ffffa9fea9fe", "0064ff9b00000000000000007f000001", "0064ff9b00000000000000000a000001",
            "20027f00000100000000000000000001", "20020a00000100000000000000000001",
            "0000000000000000ffff00007f000001", "0000000000000000000000000a000001"})
    void name_thatLeadsToAnIpv4AddressInAnotherForm_isRefusedWhateverIsAllowed(String address) throws IOException {
        InetAddress given = Inet6Address.getByAddress("receiver.test", HexFormat.of().parseHex(address), -1);
        sender.close();
        sender = new HttpWebhookSender(vertx, new WebhookAddresses(host -> List.of(given),
                new WebhookTargets(List.of(ip -> true), true, own -> false), threads), new HttpClientOptions());

        assertThat(send(url("/"))).isInstanceOfSatisfying(Outcome.Refused.class,
                refused -> assertThat(refused.reason()).contains("an address that webhooks may not be sent to"));
        assertThat(got).isEmpty();
    }

    @Test
    void listenersOfTheReplica_areRefused() {
        sender.close();
        sender = sender(new WebhookTargets(List.of(), true, new OwnListeners(Set.of(server.getAddress().getPort()))));
        assertThat(send(url("/"))).isInstanceOf(Outcome.Refused.class);
        assertThat(got).isEmpty();
    }

    @Test
    void furtherAttempt_triesAnotherAddress() {
        names.put("receiver.test", "127.0.0.2 127.0.0.1");
        assertThat(send(attempt(url("/"), 1, Duration.ofSeconds(5)))).isInstanceOf(Outcome.Failed.class);
        assertThat(send(attempt(url("/"), 2, Duration.ofSeconds(5)))).isInstanceOf(Outcome.Delivered.class);
    }

    private HttpWebhookSender sender(WebhookTargets targets) {
        return new HttpWebhookSender(vertx, new WebhookAddresses(this::resolve, targets, threads),
                new HttpClientOptions());
    }

    private List<InetAddress> resolve(String host) throws UnknownHostException {
        String addresses = names.get(host);
        if (addresses == null) {
            throw new UnknownHostException(host);
        }
        return List.of(addresses.split(" ")).stream().map(InetAddress::ofLiteral).toList();
    }

    private URI url(String path) {
        return URI.create("http://receiver.test:" + server.getAddress().getPort() + path);
    }

    private Outcome send(URI url) {
        return send(attempt(url, 1, Duration.ofSeconds(5)));
    }

    private Outcome send(Attempt attempt) {
        return sender.send(attempt).toCompletableFuture().join();
    }

    private static Attempt attempt(URI url, int number, Duration timeout) {
        return new Attempt(new Webhook("w", "a", "name", url, true, "", Set.of(EventType.CREATED), SECRET,
                Instant.EPOCH), "d", number, Buffer.buffer("{\"name\":\"ö\"}"), timeout);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
            got.add(new Got(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            if (stalls) {
                mayAnswer.await();
            }
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.getResponseHeaders().set("Retry-After", "7");
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
