package io.sandgate.api.peer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.http.TestServer;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RefreshApiTest {
    private static final String ROUTE = """
            {"namespace":"default","name":"a","id":"a","uid":"u1","ip":"127.64.0.9","state":"%s","resourceVersion":"%s"}""";

    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
            AddressRanges.of(List.of("127.64.0.0/10")), System::nanoTime);
    private final List<String> missed = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TestServer server = new TestServer(
            router -> new RefreshApi(table, missed::add, meters).mount(router));

    @AfterEach
    void close() {
        server.close();
    }

    private int refresh(String body) {
        return server.call("POST", "/refresh", body).statusCode();
    }

    private Route stored() {
        Route route = table.get(new RouteKey("default", "a"));
        assertThat(route).isNotNull();
        return route;
    }

    @ParameterizedTest
    @ValueSource(strings = {"creating", "available", "running", "paused", "hibernating"})
    void refresh_anyStateButDead_isStored(String state) {
        assertThat(refresh(ROUTE.formatted(state, "7"))).isEqualTo(204);
        assertThat(stored().state()).isEqualTo(state);
    }

    @Test
    void refresh_olderVersion_is204AndChangesNothing() {
        refresh(ROUTE.formatted("running", "7"));
        assertThat(refresh(ROUTE.formatted("paused", "6"))).isEqualTo(204);
        assertThat(refresh(ROUTE.formatted("paused", "7"))).isEqualTo(204);
        assertThat(stored().state()).isEqualTo("running");
    }

    @Test
    void refresh_deadWithVersion_deletesAndStaysDeleted() {
        refresh(ROUTE.formatted("running", "7"));
        assertThat(refresh(ROUTE.formatted("dead", "8"))).isEqualTo(204);
        assertThat(table.find("a")).isNull();
        assertThat(refresh(ROUTE.formatted("running", "8"))).isEqualTo(204);
        assertThat(table.find("a")).isNull();
        assertThat(refresh(ROUTE.formatted("dead", "3"))).as("a late deletion").isEqualTo(204);
    }

    @Test
    void refresh_legacyFormWithIdOnly_is204AndIgnored() {
        assertThat(refresh("{\"id\":\"a\",\"state\":\"running\"}")).isEqualTo(204);
        assertThat(table.size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {                                                                                          | body
            []                                                                                         | body
            {"namespace":"default","name":"a","state":"dead"}                                          | resourceVersion
            {"namespace":"default","name":"a","id":"a","uid":"u","resourceVersion":"01"}               | resourceVersion
            {"namespace":"default","id":"a","uid":"u","resourceVersion":"1"}                           | name
            {"namespace":"default","name":"a","uid":"u","resourceVersion":"1"}                         | id
            {"namespace":"default","name":"a","id":"a","resourceVersion":"1"}                          | uid
            {"namespace":"default","name":"a","id":"a","uid":"u","resourceVersion":1}                  | resourceVersion
            {"namespace":"default","name":"a","id":"a","uid":"u","ip":"127.0.0.1","state":"running","resourceVersion":"1"} | address_not_allowed
            {"namespace":"default","name":"a","id":"a","uid":"u","ip":"169.254.169.254","state":"running","resourceVersion":"1"} | address_not_allowed
            """)
    void refresh_invalidRoute_is400ThatNamesWhatIsWrong(String body, String named) {
        var answer = server.call("POST", "/refresh", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":400").contains(named);
        assertThat(table.size()).isZero();
    }

    @Test
    void refresh_ofAFlood_is429UntilTheFloodIsOver() throws IOException {
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < RefreshApi.MOST_AT_ONCE; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                flood.add(socket);
                socket.getOutputStream().write("POST /refresh HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
            }
            await().untilAsserted(() -> {
                var answer = server.call("POST", "/refresh", ROUTE.formatted("running", "7"));
                assertThat(answer.statusCode()).isEqualTo(429);
                assertThat(answer.headers().firstValue("retry-after")).contains("1");
            });
            assertThat(meters.get("sandgate.refresh.refused").counter().count()).isPositive();
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
        await().untilAsserted(() -> assertThat(refresh(ROUTE.formatted("running", "8"))).isEqualTo(204));
        assertThat(stored().state()).isEqualTo("running");
    }

    @Test
    void refresh_over1MiB_is413() {
        assertThat(refresh("{\"id\":\"" + "x".repeat(1024 * 1024) + "\"}")).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"})
    void refresh_anyContentType_isReadAsJson(String type) {
        String large = "{\"note\":\"" + "x".repeat(100_000) + "\"," + ROUTE.formatted("running", "7").substring(1);
        assertThat(server.call("POST", "/refresh", large, "Content-Type", type).statusCode()).isEqualTo(204);
        assertThat(stored().extra()).contains("xxx");
    }

    @Test
    void refresh_farTooLarge_isAnsweredAllTheSame() {
        assertThat(refresh("x".repeat(8 * 1024 * 1024))).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH"})
    void refresh_otherMethod_is405(String method) {
        var answer = server.call(method, "/refresh", "");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).hasValue("POST");
    }

    @Test
    void batch_oneBadRoute_doesNotSpoilTheOthers() {
        String lines = ROUTE.formatted("running", "1") + "\n{\"namespace\":\"default\"}\nnot json\n"
                + ROUTE.formatted("running", "1") + "\n" + ROUTE.formatted("paused", "2") + "\n";
        var answer = server.call("POST", "/refresh/batch", lines);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().lines()).containsExactly(
                "{\"result\":\"applied\",\"reason\":\"newer\"}",
                "{\"result\":\"invalid\",\"reason\":\"missing_field\"}",
                "{\"result\":\"invalid\",\"reason\":\"malformed\"}",
                "{\"result\":\"ignored\",\"reason\":\"stale_resource_version\"}",
                "{\"result\":\"applied\",\"reason\":\"newer\"}");
        assertThat(stored().state()).isEqualTo("paused");
    }

    @Test
    void batch_empty_is200() {
        assertThat(server.call("POST", "/refresh/batch", "").statusCode()).isEqualTo(200);
    }

    @Test
    void refresh_reconcileMark_isHeardWithTheSendersId() {
        server.call("POST", "/refresh/batch", "", HttpPeers.SENDER, "replica-2", HttpPeers.RECONCILE, "1");
        server.call("POST", "/refresh/batch", "", HttpPeers.SENDER, "replica-3");
        assertThat(missed).containsExactly("replica-2");
    }

    @Test
    void refresh_countsEachOutcomeWithItsReason() {
        refresh(ROUTE.formatted("running", "7"));
        refresh(ROUTE.formatted("running", "7"));
        refresh("{}");
        assertThat(meters.get("sandgate.refresh.routes").tags("result", "applied", "reason", "newer").counter().count())
                .isEqualTo(1);
        assertThat(meters.get("sandgate.refresh.routes").tags("result", "ignored").counter().count()).isEqualTo(1);
        assertThat(meters.get("sandgate.refresh.routes").tags("result", "invalid").counter().count()).isEqualTo(1);
    }
}
