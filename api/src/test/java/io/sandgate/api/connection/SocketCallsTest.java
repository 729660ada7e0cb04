package io.sandgate.api.connection;

import io.sandgate.gateway.limit.Limit;
import io.sandgate.gateway.limit.LimitSettings;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class SocketCallsTest {
    private ApiServer server = new ApiServer(LimitSettings.DEFAULT);
    private WebSocketClient client = server.vertx.createWebSocketClient();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        server.close();
    }

    private void limitTo(LimitSettings settings) {
        server.close();
        server = new ApiServer(settings);
        client = server.vertx.createWebSocketClient();
    }

    private WebSocket connect(String query) {
        return connect(query, "");
    }

    private WebSocket connect(String query, String key) {
        WebSocketConnectOptions options = new WebSocketConnectOptions().setHost("127.0.0.1").setPort(server.port)
                .setURI("/connections/ws" + query);
        if (!key.isEmpty()) {
            options.addHeader("X-API-Key", key);
        }
        return connect(options);
    }

    private WebSocket connect(WebSocketConnectOptions options) {
        ClientWebSocket socket = client.webSocket();
        // before it connects: the first message can come with the answer to the upgrade
        socket.textMessageHandler(received::add);
        return socket.connect(options).await();
    }

    private String next() throws InterruptedException {
        return String.valueOf(received.poll(20, TimeUnit.SECONDS));
    }

    private void assertRefused(String query, String key, int status, String message) {
        assertThatThrownBy(() -> connect(query, key))
                .isInstanceOfSatisfying(UpgradeRejectedException.class, refused -> {
                    assertThat(refused.getStatus()).isEqualTo(status);
                    assertThat(refused.getBody().toJsonObject().getString("message")).contains(message);
                });
    }

    private String ticket(String body) {
        HttpResponse<String> answer = server.send("POST", "/connections/tickets", body);
        assertThat(answer.statusCode()).isEqualTo(201);
        return new JsonObject(answer.body()).getString("ticket");
    }

    private double leases() {
        return server.meters.get("sandgate.connections.leases").gauge().value();
    }

    private double refused(String reason) {
        return server.meters.get("sandgate.connections.refused").tag("reason", reason).counter().count();
    }

    @Test
    void open_byKey_connectsTheClientAndMayJoinAnyRoom() throws InterruptedException {
        WebSocket socket = connect("?client=u1", "k2");

        assertThat(next()).isEqualTo(
                "{\"type\":\"connected\",\"client\":\"u1\",\"connection\":\"blue-u1\",\"replica\":\"r1\"}");
        socket.writeTextMessage("{\"type\":\"join\",\"room\":\"any\"}").await();
        assertThat(next()).isEqualTo("{\"type\":\"joined\",\"room\":\"any\"}");
        assertThat(leases()).isEqualTo(1);
        socket.close().await();
        await().untilAsserted(() -> assertThat(leases()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&client=u1"})
    void open_byTicket_connectsItsClientAndMayJoinItsRooms(String more) throws InterruptedException {
        WebSocket socket = connect("?ticket=" + ticket("{\"client\":\"u1\",\"rooms\":[\"a\"]}") + more);

        assertThat(next()).contains("\"connection\":\"red-u1\"");
        socket.writeTextMessage("{\"type\":\"join\",\"room\":\"a\"}").await();
        assertThat(next()).isEqualTo("{\"type\":\"joined\",\"room\":\"a\"}");
        socket.writeTextMessage("{\"type\":\"join\",\"room\":\"b\"}").await();
        assertThat(next()).startsWith("{\"type\":\"error\"");
    }

    @Test
    void open_byTicketFromAPageOfAnyOrigin_connects() throws InterruptedException {
        connect(new WebSocketConnectOptions().setHost("127.0.0.1").setPort(server.port)
                .setURI("/connections/ws?ticket=" + ticket("{\"client\":\"u1\"}"))
                .addHeader("Origin", "https://example.org"));

        assertThat(next()).contains("connected");
    }

    @Test
    void open_ticketOfAnotherClient_is403() {
        assertRefused("?client=u2&ticket=" + ticket("{\"client\":\"u1\"}"), "", 403, "for another client");
    }

    @Test
    void open_ticketForgedExpiredOrRevoked_is401() {
        String ticket = ticket("{\"client\":\"u1\",\"ttl\":60}");
        char last = ticket.charAt(ticket.length() - 2);
        String forged = ticket.substring(0, ticket.length() - 2) + (last == 'A' ? 'B' : 'A')
                + ticket.charAt(ticket.length() - 1);

        assertRefused("?ticket=" + forged, "", 401, "The ticket is not valid");
        assertRefused("?ticket=", "", 401, "The ticket is not valid");
        assertRefused("?ticket=" + ticket + "&ticket=" + ticket, "", 401, "more than one ticket");
        // a key beside a bad ticket does not help
        assertRefused("?client=u1&ticket=x", "k1", 401, "The ticket is not valid");
        server.revoked.add("k1");
        assertRefused("?ticket=" + ticket, "", 401, "The ticket is not valid");
        server.revoked.clear();
        server.now = server.now.plusSeconds(61);
        assertRefused("?ticket=" + ticket, "", 401, "The ticket has expired");
        assertThat(leases()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?client=", "?client=a%2Fb", "?client=a&client=b", "?client=..", "?client=%C3%A4"})
    void open_noClientOrABadOne_is400(String query) {
        assertRefused(query, "k1", 400, "client: ");
    }

    @Test
    void open_noKeyAndNoTicket_is401() {
        assertRefused("?client=u1", "", 401, "key");
    }

    @Test
    void open_withoutUpgrade_is426() {
        HttpResponse<String> answer = server.send("GET", "/connections/ws?client=u1", "");

        assertThat(answer.statusCode()).isEqualTo(426);
        assertThat(answer.headers().firstValue("upgrade")).contains("websocket");
        assertThat(answer.body()).contains("WebSocket");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"99 | dGhlIHNhbXBsZSBub25jZQ== | 426", "13 | '' | 400", "13 | !!! | 400",
            "13 | dGhl | 400"})
    void open_handshakeThatIsNone_saysWhatIsExpectedAndTakesNoPlace(String version, String key, int status) {
        Map.Entry<Integer, Buffer> answer = server.vertx.createHttpClient().request(upgrade(version, key))
                .compose(request -> request.send())
                .compose(response -> response.body().map(body -> Map.entry(response.statusCode(), body))).await();

        assertThat(answer.getKey()).isEqualTo(status);
        assertThat(answer.getValue().toJsonObject().getString("message")).contains("(expected: ");
        assertThat(leases()).isZero();
    }

    @Test
    void open_connectionEndsMeanwhile_givesThePlaceBack() {
        server.clientsLeave = true;

        Future<HttpClientResponse> answer = server.vertx.createHttpClient()
                .request(upgrade("13", "dGhlIHNhbXBsZSBub25jZQ==")).compose(request -> request.send());

        assertThatThrownBy(answer::await).isInstanceOf(HttpClosedException.class);
        await().untilAsserted(() -> assertThat(server.handled).hasValue(1));
        assertThat(leases()).isZero();
    }

    private RequestOptions upgrade(String version, String key) {
        return new RequestOptions().setHost("127.0.0.1").setPort(server.port).setURI("/connections/ws?client=u1")
                .addHeader("X-API-Key", "k1").addHeader("Connection", "Upgrade").addHeader("Upgrade", "websocket")
                .addHeader("Sec-WebSocket-Version", version).addHeader("Sec-WebSocket-Key", key);
    }

    @Test
    void open_oneTooManyFromTheAddress_is429UntilOneCloses() {
        limitTo(new LimitSettings(0, new Limit(1, 0, 0), Limit.NONE));
        WebSocket first = connect("?client=u1", "k1");

        assertRefused("?client=u2", "k2", 429, "from your address");
        first.close().await();
        await().untilAsserted(() -> assertThat(leases()).isZero());
        connect("?client=u2", "k2");
    }

    @Test
    void open_oneTooManyWithTheKeyOrItsTickets_is429() {
        limitTo(new LimitSettings(0, Limit.NONE, new Limit(1, 0, 0)));
        connect("?client=u1", "k1");

        assertRefused("?ticket=" + ticket("{\"client\":\"u2\"}"), "", 429, "with this API key");
        connect("?client=u1", "k2");
    }

    @Test
    void open_replicaIsFull_is503() {
        limitTo(new LimitSettings(1, Limit.NONE, Limit.NONE));
        connect("?client=u1", "k1");

        assertRefused("?client=u2", "k1", 503, "as many connections as it may");
    }

    @Test
    void open_againAndAgain_isHeldBackByTheRate() {
        limitTo(new LimitSettings(0, new Limit(0, 1, 5), Limit.NONE));
        int opened = 0;
        for (int i = 0; i < 1000; i++) {
            try {
                connect("?client=u1", "k1").close().await();
                opened++;
            } catch (Exception e) {
                assertThat(e).isInstanceOfSatisfying(UpgradeRejectedException.class, refused -> {
                    assertThat(refused.getStatus()).isEqualTo(429);
                    assertThat(refused.getHeaders().get("retry-after")).isEqualTo("1");
                });
            }
        }

        assertThat(opened).isGreaterThanOrEqualTo(5);
        assertThat(refused("rate")).isEqualTo(1000 - opened).isGreaterThan(500);
        await().untilAsserted(() -> assertThat(leases()).isZero());
    }
}
