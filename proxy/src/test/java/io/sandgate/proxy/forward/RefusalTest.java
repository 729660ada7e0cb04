package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteStates;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What is answered without the sandbox, and who gets to the lifecycle API.
class RefusalTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static String get(String host, String fields) {
        return "GET / HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n";
    }

    @Test
    void request_unknownSandbox_asksOnceAndIs502() throws Exception {
        try (RawPeer client = rig.client()) {
            String answer = client.send(get("80-abc.localhost", "")).message();
            assertThat(answer).startsWith("HTTP/1.1 502 Bad Gateway\n")
                    .endsWith("\n\n{\"sandboxId\":\"abc\",\"message\":\"The sandbox was not found\",\"code\":502}");
            assertThat(RawPeer.field(answer, "content-type")).isEqualTo("application/json; charset=utf-8");
            assertThat(rig.asked).hasValue(1);
            assertThat(rig.metric("sandgate.proxy.refused", "reason", "not_found")).isEqualTo(1);
        }
    }

    @Test
    void request_routeThatOnlyAPeerKnows_isForwardedWithItsBody() throws Exception {
        try (RawSandbox sandbox = new RawSandbox(peer -> {
            String message = peer.message();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + message.substring(message.length() - 2));
            peer.rest();
        }); RawPeer client = rig.client()) {
            CompletableFuture<Route> answer = new CompletableFuture<>();
            rig.peers(id -> answer);
            client.send("PUT / HTTP/1.1\r\nHost: " + sandbox.port() + "-abc.localhost\r\nContent-Length: 2\r\n\r\nhi");
            await().until(() -> rig.asked.get() == 1);
            rig.run("abc", "u1", sandbox);
            answer.complete(rig.table.find("abc"));
            assertThat(client.message()).startsWith("HTTP/1.1 200").endsWith("hi");
            assertThat(rig.asked).hasValue(1);
        }
    }

    @Test
    void request_peersThatDoNotAnswer_isNotFoundInTime() throws Exception {
        rig.peers(id -> new CompletableFuture<>());
        try (RawPeer client = rig.client()) {
            assertThat(client.send(get("80-abc.localhost", "")).message()).startsWith("HTTP/1.1 502");
        }
    }

    @Test
    void request_peersThatFail_isNotFound() throws Exception {
        rig.peers(id -> CompletableFuture.failedFuture(new IllegalStateException("broken")));
        try (RawPeer client = rig.client()) {
            assertThat(client.send(get("80-abc.localhost", "")).message()).startsWith("HTTP/1.1 502");
        }
    }

    @ParameterizedTest
    @CsvSource({"creating,409,1", "paused,502,''", "available,502,''", "odd,502,''"})
    void request_sandboxThatDoesNotRun_isRefused(String state, int status, String retryAfter) throws Exception {
        rig.put(rig.route("abc", "u1", "127.64.0.1", state));
        try (RawPeer client = rig.client()) {
            String answer = client.send(get("80-abc.localhost", "")).message();
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("\"sandboxId\":\"abc\"");
            assertThat(RawPeer.field(answer, "retry-after")).isEqualTo(retryAfter);
            assertThat(rig.asked).hasValue(0);
        }
    }

    @Test
    void request_securedSandbox_is403() throws Exception {
        rig.put(new Route("default", "abc", "abc", "u1", "team", "127.64.0.1", RouteStates.RUNNING, RouteVersion.of(1),
                "r1", TrafficRules.TOKEN, null));
        try (RawPeer client = rig.client()) {
            assertThat(client.send(get("80-abc.localhost", "")).message()).startsWith("HTTP/1.1 403")
                    .contains("'e2b-traffic-access-token' is missing");
        }
    }

    @Test
    void request_closedPort_triesThreeTimesAndNamesThePort() throws Exception {
        RawSandbox sandbox = new RawSandbox(peer -> {});
        sandbox.close();
        rig.run("abc", "u1", sandbox);
        try (RawPeer client = rig.client()) {
            assertThat(client.send(get(sandbox.port() + "-abc.localhost", "")).message())
                    .startsWith("HTTP/1.1 502").endsWith("{\"sandboxId\":\"abc\",\"message\":"
                            + "\"The sandbox is running but port is not open\",\"port\":" + sandbox.port()
                            + ",\"code\":502}");
            assertThat(rig.metric("sandgate.proxy.upstream.connects", "result", "failed")).isEqualTo(3);
            assertThat(rig.metric("sandgate.proxy.upstream.active")).isZero();
        }
    }

    @Test
    void request_fromABrowser_getsAPage() throws Exception {
        String browser = "User-Agent: Mozilla/5.0 (X11; Linux) Firefox/150\r\nSec-Fetch-Mode: navigate\r\n";
        try (RawPeer client = rig.client()) {
            String answer = client.send(get("80-abc.localhost", browser)).message();
            assertThat(answer).startsWith("HTTP/1.1 502").contains("<!doctype html>", "The sandbox was not found")
                    .endsWith("</html>\n");
            assertThat(RawPeer.field(answer, "content-type")).isEqualTo("text/html; charset=utf-8");
        }
    }

    @Test
    void request_headForARefusal_hasNoBody() throws Exception {
        try (RawPeer client = rig.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: 80-abc.localhost\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 502");
            assertThat(client.send(get("localhost", "")).head()).startsWith("HTTP/1.1 404");
        }
    }

    @ParameterizedTest
    @CsvSource({"1,10,429,1", "10,1,503,0"})
    void request_beyondALimit_isRefused(int perSandbox, int inAll, int status, int named) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (Rig own = new Rig(draft -> {
            draft.maxConnectionsPerSandbox = perSandbox;
            draft.maxConnections = inAll;
        }); RawSandbox sandbox = new RawSandbox(peer -> {
            peer.head();
            asked.countDown();
            peer.rest();
        }); RawPeer client = own.client(); RawPeer other = own.client()) {
            own.run("abc", "u1", sandbox);
            client.send(get(sandbox.port() + "-abc.localhost", ""));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            String answer = other.send(get(sandbox.port() + "-abc.localhost", "")).message();
            assertThat(answer).startsWith("HTTP/1.1 " + status);
            assertThat(answer.contains("\"connectionLimit\":1")).isEqualTo(named == 1);
            assertThat(RawPeer.field(answer, "retry-after")).isEqualTo("1");
            assertThat(own.forwarder.inFlight()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
    void request_ambiguous_is400AndTheLast(String request) throws Exception {
        try (RawPeer client = rig.client()) {
            client.send(request);
            assertThat(client.message()).startsWith("HTTP/1.1 400");
            assertThat(client.ending()).isIn("end", "reset");
        }
    }

    @ParameterizedTest
    @CsvSource({"CONNECT a:80,405", "TRACE /,405"})
    void request_methodThatNoGatewayServes_is405(String start, int status) throws Exception {
        try (RawPeer client = rig.client()) {
            String answer = client.send(start + " HTTP/1.1\r\nHost: a:80\r\n\r\n").message();
            assertThat(answer).startsWith("HTTP/1.1 " + status);
            assertThat(RawPeer.field(answer, "allow")).contains("GET");
        }
    }

    @Test
    void request_withABodyThatNobodyWants_isAnswered() throws Exception {
        try (RawPeer client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: 80-abc.localhost\r\nContent-Length: 200000\r\n\r\n");
            assertThat(client.send(new byte[200_000]).message()).startsWith("HTTP/1.1 502");
            assertThat(client.send(get("localhost", "")).message()).endsWith("lifecycle");
            client.send("POST / HTTP/1.1\r\nHost: 80-abc.localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            String last = client.send("3\r\nabc\r\n0\r\n\r\n").message();
            assertThat(last).startsWith("HTTP/1.1 502");
            assertThat(RawPeer.field(last, "connection")).isEqualTo("close");
            assertThat(client.ending()).isEqualTo("end");
        }
    }

    @ParameterizedTest
    @CsvSource({"'A: b\r\nC: d\r\n\r\n',2", "'A: b\n\n',1", "'A: b\r\n\n',1", "'\n',1", "'A : b\r\n\r\n',1"})
    void request_withTrailersForTheLifecycleApi_endsWhereTheRelayEndsIt(String trailers, int answers)
            throws Exception {
        String last = get("localhost", "Connection: close\r\n");
        try (RawPeer client = rig.client()) {
            client.send("POST /v2/sandboxes HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "2\r\n{}\r\n0\r\n" + trailers + last);
            assertThat(client.rest().split("HTTP/1\\.1 404", -1)).hasSizeLessThanOrEqualTo(1 + answers)
                    .hasSizeGreaterThanOrEqualTo(answers);
        }
    }

    @Test
    void request_forTheLifecycleApi_isLeftToIt() throws Exception {
        try (RawPeer client = rig.client()) {
            client.send("POST /v2/sandboxes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
            assertThat(client.message()).endsWith("lifecycle");
            assertThat(client.send(get("localhost", "E2b-Sandbox-Id: abc\r\n")).message())
                    .startsWith("HTTP/1.1 400").contains("missing header E2b-Sandbox-Port");
        }
    }
}
