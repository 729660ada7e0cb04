package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteStates;
import io.sandgate.proxy.route.TrafficRules;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Which header fields reach the other side, in each form of address.
class FieldsTest {

    private static RawSandbox echoing() throws Exception {
        return new RawSandbox(peer -> {
            for (;;) {
                String head = peer.head();
                peer.send(
                        "HTTP/1.1 200 OK\r\nContent-Length: " + head.length() + "\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
                                + "Proxy-Authenticate: Basic\r\nKeep-Alive: timeout=30\r\nX-Keep: caf\u00e9\r\n"
                                + "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n" + head);
            }
        });
    }

    @Test
    void request_anyFields_arriveLessThoseOfTheHop() throws Exception {
        try (Rig rig = new Rig(); RawSandbox sandbox = echoing(); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            String host = sandbox.port() + "-ABC.localhost:1234";
            client.send("GET /a%2Fb?x=%20&y=1+2 HTTP/1.1\r\nHost: " + host
                    + "\r\nConnection: keep-alive, X-Mine, TE\r\n"
                    + "X-Mine: 1\r\nTE: trailers, gzip\r\nKeep-Alive: 5\r\nProxy-Authorization: Basic x\r\n"
                    + "Proxy-Connection: keep-alive\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n"
                    + "X-Real-IP: 6.6.6.6\r\nE2b-Sandbox-Id: other\r\nE2b-Sandbox-Port: 1\r\nCookie: a=1\r\nCookie: b=2\r\n"
                    + "X-Latin: caf\u00e9\r\nUser-Agent: test\r\n\r\n");
            String answer = client.message();
            String seen = answer.substring(answer.indexOf("\n\n") + 2);
            assertThat(seen).startsWith("GET /a%2Fb?x=%20&y=1+2 HTTP/1.1\n")
                    .contains("Host: " + host + "\n", "Cookie: a=1\n", "Cookie: b=2\n", "X-Latin: caf\u00e9\n",
                            "E2b-Sandbox-Id: other\n", "User-Agent: test\n")
                    .doesNotContainIgnoringCase("x-mine:", "keep-alive", "proxy-", "forwarded", "x-real-ip", "via:",
                            "accept-encoding", "content-length", "transfer-encoding");
            assertThat(RawPeer.field(seen, "te")).isEqualTo("trailers");
            assertThat(RawPeer.field(seen, "connection")).isEqualTo("TE");
            String head = answer.substring(0, answer.indexOf("\n\n"));
            assertThat(head).contains("X-Keep: caf\u00e9\n", "Set-Cookie: a=1\n", "Set-Cookie: b=2")
                    .doesNotContainIgnoringCase("x-hop", "proxy-", "keep-alive:", "via:", "date:", "server:");
        }
    }

    @Test
    void request_byFields_keepsHostAndFields() throws Exception {
        try (Rig rig = new Rig(); RawSandbox sandbox = echoing(); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send("GET /health HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nE2b-Sandbox-Id: abc\r\nE2b-Sandbox-Port: "
                    + sandbox.port() + "\r\n\r\n");
            assertThat(client.message()).contains("\n\nGET /health HTTP/1.1\n", "Host: 127.0.0.1:8080\n",
                    "E2b-Sandbox-Id: abc\n");
        }
    }

    @Test
    void request_byPath_losesThePrefixOnly() throws Exception {
        try (Rig rig = new Rig(); RawSandbox sandbox = echoing(); RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            String prefix = "/sandbox/abc/" + sandbox.port();
            client.send("GET " + prefix + "/x/../y?q=%2f&r HTTP/1.1\r\nHost: gate.test\r\n\r\n");
            assertThat(client.message()).contains("\n\nGET /x/../y?q=%2f&r HTTP/1.1\n", "Host: gate.test\n");
            client.send("GET " + prefix + " HTTP/1.1\r\nHost: gate.test\r\n\r\n");
            assertThat(client.message()).contains("\n\nGET / HTTP/1.1\n");
        }
    }

    @Test
    void request_withForwardedOn_carriesTheTruth() throws Exception {
        try (Rig rig = new Rig(draft -> draft.forwardedFields = ForwardedFields.FORWARDED);
                RawSandbox sandbox = echoing();
                RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            String host = sandbox.port() + "-abc.localhost";
            client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\nForwarded: for=6.6.6.6\r\n\r\n");
            String answer = client.message();
            String seen = answer.substring(answer.indexOf("\n\n") + 2);
            assertThat(RawPeer.field(seen, "forwarded")).isEqualTo("for=127.0.0.1;host=\"" + host + "\";proto=http");
            assertThat(seen).doesNotContain("6.6.6.6");
        }
    }

    @Test
    void request_withForwardedFieldsOn_carriesTheTruth() throws Exception {
        try (Rig rig = new Rig(draft -> draft.forwardedFields = ForwardedFields.X_FORWARDED);
                RawSandbox sandbox = echoing();
                RawPeer client = rig.client()) {
            rig.run("abc", "u1", sandbox);
            client.send("GET /sandbox/abc/" + sandbox.port() + "/ HTTP/1.1\r\nHost: gate.test:80\r\n"
                    + "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Port: 1\r\n\r\n");
            String answer = client.message();
            String seen = answer.substring(answer.indexOf("\n\n") + 2);
            assertThat(RawPeer.field(seen, "x-forwarded-for")).isEqualTo("127.0.0.1");
            assertThat(RawPeer.field(seen, "x-forwarded-proto")).isEqualTo("http");
            assertThat(RawPeer.field(seen, "x-forwarded-host")).isEqualTo("gate.test:80");
            assertThat(RawPeer.field(seen, "x-forwarded-prefix")).isEqualTo("/sandbox/abc/" + sandbox.port());
            assertThat(seen).doesNotContain("6.6.6.6").doesNotContainIgnoringCase("x-forwarded-port");
        }
    }

    private static void runMasked(Rig rig, RawSandbox sandbox, String mask) {
        Route plain = rig.route("abc", "u1", sandbox.ip(), RouteStates.RUNNING);
        rig.put(new Route(plain.namespace(), plain.name(), plain.id(), plain.uid(), plain.owner(), plain.ip(),
                plain.state(), plain.version(), plain.authority(), TrafficRules.of(false, mask, false), null));
    }

    @Test
    void request_toASandboxWithAHostOfItsOwn_carriesThatAndTheClients() throws Exception {
        try (Rig rig = new Rig(); RawSandbox sandbox = echoing(); RawPeer client = rig.client()) {
            runMasked(rig, sandbox, "app.example:${PORT}");
            String host = sandbox.port() + "-abc.localhost";
            client.send("GET /a HTTP/1.1\r\nAccept: */*\r\nHost: " + host + "\r\nX-Forwarded-Host: evil\r\n\r\n"
                    + "GET /sandbox/abc/" + sandbox.port() + "/b HTTP/1.1\r\nHost: gate.test\r\n\r\n");
            assertThat(client.message())
                    .endsWith(
                            "GET /a HTTP/1.1\nHost: app.example:" + sandbox.port() + "\nAccept: */*\nX-Forwarded-Host: "
                                    + host + "\n");
            assertThat(client.message()).endsWith("GET /b HTTP/1.1\nHost: app.example:" + sandbox.port()
                    + "\nX-Forwarded-Host: gate.test\n");
        }
    }

    @Test
    void request_toTheRuntimeOfASandboxWithAHostOfItsOwn_carriesTheClients() throws Exception {
        try (Rig rig = new Rig(); RawSandbox sandbox = new RawSandbox(RawSandbox.nextAddress(), 49_983, peer -> {
            String head = peer.head();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + head.length() + "\r\n\r\n" + head);
            peer.rest();
        }); RawPeer client = rig.client()) {
            runMasked(rig, sandbox, "app.example");
            client.send("GET /health HTTP/1.1\r\nHost: 49983-abc.localhost\r\n\r\n");
            assertThat(client.message()).contains("\nHost: 49983-abc.localhost\n").doesNotContain("X-Forwarded");
        }
    }
}
