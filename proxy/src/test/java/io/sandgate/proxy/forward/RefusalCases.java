package io.sandgate.proxy.forward;

import io.sandgate.proxy.forward.RefusalCase.Then;
import java.util.ArrayList;
import java.util.List;

/// Every input over HTTP/1.x that is refused or cleaned, under the headings of the page.
final class RefusalCases {

    private static final String HOST_LINE = "Host: " + RefusalCase.HOST + "\r\n";

    private final List<RefusalCase> all = new ArrayList<>();
    private String group = "";

    private RefusalCases() {}

    static List<RefusalCase> all() {
        RefusalCases cases = new RefusalCases();
        cases.framing();
        cases.chunks();
        cases.fields();
        cases.lines();
        cases.requestLine();
        cases.targets();
        cases.hosts();
        cases.addresses();
        cases.hops();
        return cases.all;
    }

    // ---- how a case is written

    private void add(String input, String request, String shown, int status, Then then, String rule) {
        all.add(new RefusalCase(group, input, request, shown, status, then, rule, List.of()));
    }

    /// A POST with these fields, each ended, and this body.
    private void framed(String input, String fields, String rule) {
        add(input, "POST / HTTP/1.1\r\n" + HOST_LINE + fields + "\r\n0\r\n\r\n", fields, 400, Then.CLOSED, rule);
    }

    private void body(String input, String body, String rule) {
        body(input, body, 400, rule);
    }

    private void body(String input, String body, int status, String rule) {
        add(input, "POST / HTTP/1.1\r\n" + HOST_LINE + "Transfer-Encoding: chunked\r\n\r\n" + body, body, status,
                Then.CUT_OFF, rule);
    }

    private void field(String input, String lines, int status, String rule) {
        add(input, "GET / HTTP/1.1\r\n" + HOST_LINE + lines + "\r\n", lines, status, Then.CLOSED, rule);
    }

    private void line(String input, String line, int status, String rule) {
        add(input, line + "\r\n" + HOST_LINE + "\r\n", line, status, Then.CLOSED, rule);
    }

    private void kept(String input, String line, int status, String rule) {
        add(input, line + "\r\n" + HOST_LINE + "\r\n", line, status, Then.KEPT, rule);
    }

    private void host(String input, String host, String rule) {
        add(input, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "Host: " + host, 400, Then.KEPT, rule);
    }

    private void cleaned(String input, String lines, String rule, String... absent) {
        all.add(new RefusalCase(group, input, "GET / HTTP/1.1\r\n" + HOST_LINE + lines + "\r\n", lines, 200,
                Then.CLEANED, rule, List.of(absent)));
    }

    // ---- the cases

    private void framing() {
        group = "How long the body is";
        framed("Content-Length before Transfer-Encoding", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "RFC 9112, 6.1");
        framed("Content-Length after Transfer-Encoding", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "RFC 9112, 6.1");
        for (String coding : List.of("xchunked", "identity", "gzip", "chunked, identity", "gzip, chunked",
                "chunked, chunked", "chunked,", ",chunked", "chunked;q=1", "\"chunked\"", "chunked\u00a0", "")) {
            framed("a transfer coding that is not just chunked", "Transfer-Encoding: " + coding + "\r\n",
                    "RFC 9112, 6.3 (4)");
        }
        framed("Transfer-Encoding twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "RFC 9112, 6.3 (4)");
        framed("Transfer-Encoding behind a vertical tab", "Transfer-Encoding: \u000bchunked\r\n", "RFC 9110, 5.5");
        framed("Transfer-Encoding on a folded line", "Transfer-Encoding:\r\n chunked\r\n", "RFC 9112, 5.2");
        framed("Transfer-Encoding with a space before the colon", "Transfer-Encoding : chunked\r\n", "RFC 9112, 5.1");
        add("Transfer-Encoding in HTTP/1.0",
                "POST / HTTP/1.0\r\n" + HOST_LINE + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0, Transfer-Encoding: chunked", 400, Then.CLOSED, "RFC 9112, 6.1");
        for (String length : List.of("5x", "+5", "-5", "0x5", "5.0", "1e1", "5, 5", "5, 6", "1 2", "\u00b2", "",
                "9223372036854775808", "18446744073709551621")) {
            framed("a Content-Length that is not one number that fits", "Content-Length: " + length + "\r\n",
                    "RFC 9110, 8.6");
        }
        framed("two lengths that differ", "Content-Length: 5\r\nContent-Length: 6\r\n", "RFC 9112, 6.3 (5)");
        framed("two lengths that agree", "Content-Length: 5\r\nContent-Length: 5\r\n", "RFC 9112, 6.3 (5)");
    }

    private void chunks() {
        group = "Chunks";
        for (String size : List.of("g", "-1", "+1", "0x1", " 1", "1 ", "", ";x",
                "FFFFFFFFFFFFFFFF1", "1000000000000000")) {
            body("a size that is not a hexadecimal number that fits", size + "\r\nx\r\n0\r\n\r\n", "RFC 9112, 7.1");
        }
        body("no line end after the data", "3\r\nabcd\r\n0\r\n\r\n", "RFC 9112, 7.1");
        body("a bare LF after the size", "3\nabc\r\n0\r\n\r\n", "RFC 9112, 7.1");
        body("a bare LF after the data", "3\r\nabc\n0\r\n\r\n", "RFC 9112, 7.1");
        body("a bare CR after the size", "3\rabc\r\n0\r\n\r\n", "RFC 9112, 7.1");
        body("a bare LF after the last chunk", "3\r\nabc\r\n0\n\n", "RFC 9112, 7.1");
        body("a bare CR where the body ends", "3\r\nabc\r\n0\r\n\rX", "RFC 9112, 7.1");
        body("a bare LF in an extension", "3;a\nb\r\nabc\r\n0\r\n\r\n", "RFC 9112, 7.1.1");
        body("a NUL in an extension", "3;a\0b\r\nabc\r\n0\r\n\r\n", "RFC 9112, 7.1.1");
        body("an extension of 5,000 bytes", "3;" + "x".repeat(5_000) + "\r\nabc\r\n0\r\n\r\n", "RFC 9112, 7.1.1");
        body("a trailer with a space before the colon", "0\r\nA : b\r\n\r\n", "RFC 9112, 5.1");
        body("a trailer that ends with a bare LF", "0\r\nA: b\n\r\n\r\n", "RFC 9112, 7.1.2");
        body("a trailer on a folded line", "0\r\nA: b\r\n c\r\n\r\n", "RFC 9112, 5.2");
        body("trailers of 9,000 bytes", "0\r\nA: " + "b".repeat(9_000) + "\r\n\r\n", 431, "RFC 6585, 5");
        body("more than 256 trailers", "0\r\n" + "A: b\r\n".repeat(257) + "\r\n", 431, "RFC 6585, 5");
    }

    private void fields() {
        group = "Header fields";
        field("a space before the colon", "A : b\r\n", 400, "RFC 9112, 5.1");
        field("a tab before the colon", "A\t: b\r\n", 400, "RFC 9112, 5.1");
        field("a folded line", "A: b\r\n c\r\n", 400, "RFC 9112, 5.2");
        field("a folded line, with a tab", "A: b\r\n\tc\r\n", 400, "RFC 9112, 5.2");
        field("no colon", "A\r\n", 400, "RFC 9112, 5");
        field("no name", ": b\r\n", 400, "RFC 9110, 5.1");
        for (String name : List.of("A B", "A(B", "A/B", "A\u00e9", "A\0", "\"A\"")) {
            field("a name that is no token", name + ": b\r\n", 400, "RFC 9110, 5.1");
        }
        field("a bare CR in a value", "A: b\rX: c\r\n", 400, "RFC 9110, 5.5");
        field("a bare LF in a value", "A: b\nX: c\r\n", 400, "RFC 9110, 5.5");
        field("a NUL in a value", "A: b\0c\r\n", 400, "RFC 9110, 5.5");
        field("a control in a value", "A: b\u0001c\r\n", 400, "RFC 9110, 5.5");
        field("DEL in a value", "A: b\u007fc\r\n", 400, "RFC 9110, 5.5");
        field("more than 256 fields", "A: b\r\n".repeat(256), 431, "RFC 6585, 5");
        field("one field of 17,000 bytes", "A: " + "b".repeat(17_000) + "\r\n", 431, "RFC 6585, 5");
        field("fields of 26,000 bytes together", ("A: " + "b".repeat(1_000) + "\r\n").repeat(26), 431,
                "RFC 6585, 5");
    }

    private void lines() {
        group = "Line ends";
        raw("bare LFs", "GET / HTTP/1.1\nHost: {host}\n\n", "RFC 9112, 2.2");
        raw("a bare LF after the request line", "GET / HTTP/1.1\nHost: {host}\r\n\r\n", "RFC 9112, 2.2");
        raw("a bare LF before the empty line", "GET / HTTP/1.1\r\nHost: {host}\n\r\n", "RFC 9112, 2.2");
        raw("a bare LF as the empty line", "GET / HTTP/1.1\r\nHost: {host}\r\n\n", "RFC 9112, 2.2");
        raw("bare CRs", "GET / HTTP/1.1\rHost: {host}\r\r\n\r\n", "RFC 9112, 2.2");
        raw("CR CR LF", "GET / HTTP/1.1\r\r\nHost: {host}\r\n\r\n", "RFC 9112, 2.2");
        raw("CR CR LF as the empty line", "GET / HTTP/1.1\r\nHost: {host}\r\n\r\r\n", "RFC 9112, 2.2");
        raw("a space before the first field", "GET / HTTP/1.1\r\n Host: {host}\r\n\r\n", "RFC 9112, 2.2");
        raw("an empty line of a bare LF before the request", "\nGET / HTTP/1.1\r\nHost: {host}\r\n\r\n",
                "RFC 9112, 2.2");
    }

    private void raw(String input, String request, String rule) {
        add(input, request, request, 400, Then.CLOSED, rule);
    }

    private void requestLine() {
        group = "Request line";
        line("two spaces after the method", "GET  / HTTP/1.1", 400, "RFC 9112, 3");
        line("two spaces after the target", "GET /  HTTP/1.1", 400, "RFC 9112, 3");
        line("a tab for a space", "GET\t/ HTTP/1.1", 400, "RFC 9112, 3");
        line("a space at the beginning", " GET / HTTP/1.1", 400, "RFC 9112, 3");
        line("a space at the end", "GET / HTTP/1.1 ", 400, "RFC 9112, 3");
        line("a method that is no token", "G@T / HTTP/1.1", 400, "RFC 9110, 9.1");
        line("no target", "GET HTTP/1.1", 400, "RFC 9112, 3");
        line("no version, as in HTTP/0.9", "GET /", 400, "RFC 9112, 2.3");
        line("a version in lower case", "GET / http/1.1", 400, "RFC 9112, 2.3");
        line("a version that is none", "GET / HTTP/1.10", 400, "RFC 9112, 2.3");
        line("a minor version that is not there yet", "GET / HTTP/1.2", 505, "RFC 9110, 15.6.6");
        line("another major version", "GET / HTTP/3.0", 505, "RFC 9110, 15.6.6");
        line("a space in the target", "GET /a b HTTP/1.1", 400, "RFC 9112, 3.2");
        line("a control in the target", "GET /a\u0001 HTTP/1.1", 400, "RFC 9112, 3.2");
        line("a NUL in the target", "GET /a\0 HTTP/1.1", 400, "RFC 9112, 3.2");
        line("a bare CR in the target", "GET /a\rb HTTP/1.1", 400, "RFC 9112, 3.2");
        line("an octet beyond ASCII in the target", "GET /\u00e9 HTTP/1.1", 400, "RFC 9112, 3.2");
        line("a target of 9,000 bytes", "GET /" + "a".repeat(9_000) + " HTTP/1.1", 414, "RFC 9110, 15.5.15");
        line("a target of 60,000 bytes", "GET /" + "a".repeat(60_000) + " HTTP/1.1", 414, "RFC 9110, 15.5.15");
    }

    private void targets() {
        group = "Method and target";
        line("CONNECT", "CONNECT {host}:80 HTTP/1.1", 405, "RFC 9110, 9.3.6");
        line("TRACE", "TRACE / HTTP/1.1", 405, "RFC 9110, 9.3.8");
        kept("authority-form", "GET {host}:80 HTTP/1.1", 400, "RFC 9112, 3.2.3");
        kept("asterisk-form in anything but OPTIONS", "GET * HTTP/1.1", 400, "RFC 9112, 3.2.4");
        kept("absolute-form with another authority", "GET http://other.localhost/ HTTP/1.1", 400, "RFC 9112, 3.2.2");
        kept("absolute-form with another port", "GET http://{host}:81/ HTTP/1.1", 400, "RFC 9112, 3.2.2");
        kept("absolute-form with user information", "GET http://a@{host}/ HTTP/1.1", 400, "RFC 9110, 4.2.4");
        kept("absolute-form of another scheme", "GET ftp://{host}/ HTTP/1.1", 400, "RFC 9112, 3.2.2");
        kept("no slash at the beginning", "GET a/b HTTP/1.1", 400, "RFC 9112, 3.2.1");
        for (String path : List.of("/init", "//init", "/./init", "/a/../init", "/a/..%2finit", "/%69nit", "/%2569nit",
                "/\\init", "/INIT", "/init?a=b", "/init#a")) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: 49983-abc.localhost\r\n\r\n";
            add("a path of the runtime's control plane", request, "49983-abc.localhost" + path, 404, Then.KEPT,
                    "the sandbox contract");
        }
    }

    private void hosts() {
        group = "Host";
        String get = "GET / HTTP/1.1\r\n";
        add("none", get + "\r\n", "", 400, Then.CLOSED, "RFC 9112, 3.2");
        add("none in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "", 400, Then.CLOSED, "own: nobody is addressed");
        add("two that differ", get + HOST_LINE + "Host: a\r\n\r\n", HOST_LINE + "Host: a", 400, Then.CLOSED,
                "RFC 9112, 3.2");
        add("two that agree", get + HOST_LINE + HOST_LINE + "\r\n", HOST_LINE + HOST_LINE, 400, Then.CLOSED,
                "RFC 9112, 3.2");
        for (String host : List.of("", "{host}, a", "a b", "a@{host}", "http://{host}", "{host}/a", "{host}?a",
                "a..localhost", ".localhost", "\u00e9.localhost", "%61.localhost", "{host}:8x", "{host}:70000",
                "{host}:-1", "[::1", "[::1]a", "[v1.a]", "a\\b")) {
            host("a Host that is none", host, "RFC 9110, 7.2");
        }
        host("a name of 300 bytes", "a".repeat(300), "RFC 9110, 7.2");
    }

    private void addresses() {
        group = "Addresses of sandboxes";
        for (String label : List.of("0-abc", "65536-abc", "080-abc", "8o-abc", "-abc", "80-", "80-a_c",
                "80-" + "a".repeat(64))) {
            host("a port or an id that cannot be", label + ".localhost", "the sandbox contract");
        }
        String shared = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        for (String lines : List.of("E2b-Sandbox-Id: abc\r\n", "E2b-Sandbox-Port: 80\r\n",
                "E2b-Sandbox-Id: abc\r\nE2b-Sandbox-Port: 0\r\n", "E2b-Sandbox-Id: abc\r\nE2b-Sandbox-Port: 80x\r\n",
                "E2b-Sandbox-Id: ABC\r\nE2b-Sandbox-Port: 80\r\n",
                "E2b-Sandbox-Id: abc\r\nE2b-Sandbox-Id: def\r\nE2b-Sandbox-Port: 80\r\n",
                "E2b-Sandbox-Id: abc\r\nE2b-Sandbox-Port: 80\r\nE2b-Sandbox-Port: 81\r\n")) {
            add("routing fields that name no port of one sandbox", shared + lines + "\r\n", lines, 400, Then.KEPT,
                    "the sandbox contract");
        }
        for (String path : List.of("/sandbox/", "/sandbox/abc", "/sandbox/abc/", "/sandbox/abc/0/", "/sandbox/abc/80x/",
                "/sandbox/ABC/80/", "/sandbox/a%62c/80/", "/sandbox/../80/")) {
            add("a path that names no port of a sandbox",
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n", path, 400, Then.KEPT,
                    "the sandbox contract");
        }
        add("a sandbox that is not known", "GET / HTTP/1.1\r\nHost: 80-nobody.localhost\r\n\r\n",
                "Host: 80-nobody.localhost", 502, Then.KEPT, "the sandbox contract");
    }

    private void hops() {
        group = "What is about one hop, and what only a proxy may say";
        for (String option : List.of("Host", "Content-Length", "Authorization", "Cookie", "X-Forwarded-For",
                "E2b-Sandbox-Id", "close, host")) {
            field("Connection that names an end-to-end field", "Connection: " + option + "\r\n", 400,
                    "RFC 9110, 7.6.1");
        }
        field("an expectation that nobody knows", "Expect: a-cookie\r\n", 417, "RFC 9110, 10.1.1");
        field("such an expectation beside the known one", "Expect: a-cookie\r\nExpect: 100-continue\r\n", 417,
                "RFC 9110, 10.1.1");
        cleaned("an upgrade to HTTP/2",
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
                "RFC 9113, 3.1", "upgrade", "h2c", "http2-settings", "AAMAAABk");
        cleaned("an upgrade that Connection does not name", "Upgrade: websocket\r\n", "RFC 9110, 7.8", "upgrade");
        cleaned("fields that Connection names", "Connection: X-One\r\nX-One: secret\r\n", "RFC 9110, 7.6.1",
                "connection", "x-one", "secret");
        cleaned("fields that one of two Connections names",
                "Connection: X-One\r\nConnection: keep-alive\r\nX-One: secret\r\n", "RFC 9110, 7.6.1", "connection",
                "x-one", "secret");
        cleaned("Keep-Alive", "Keep-Alive: timeout=9\r\n", "RFC 9110, 7.6.1", "keep-alive");
        cleaned("TE", "TE: gzip\r\n", "RFC 9110, 7.6.1", "te:");
        for (String name : List.of("Proxy-Authorization", "Proxy-Connection")) {
            cleaned("what begins with Proxy-", name + ": secret\r\n", "RFC 9110, 7.6.1", "proxy-", "secret");
        }
        for (String name : List.of("Forwarded", "X-Forwarded-For", "x-forwarded-anything", "X-Real-IP",
                "X_Forwarded_For",
                "X-Real_Ip")) {
            cleaned("what only a proxy may say", name + ": evil\r\n", "RFC 9110, 7.6.3", "forwarded", "evil");
        }
    }
}
