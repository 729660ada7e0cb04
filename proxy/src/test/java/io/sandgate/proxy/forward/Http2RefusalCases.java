package io.sandgate.proxy.forward;

import io.sandgate.proxy.forward.Http2RefusalCase.Script;
import io.sandgate.proxy.http2.FrameGuard;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import static io.sandgate.proxy.forward.RawHttp2.CONTINUATION;
import static io.sandgate.proxy.forward.RawHttp2.DATA;
import static io.sandgate.proxy.forward.RawHttp2.END_HEADERS;
import static io.sandgate.proxy.forward.RawHttp2.END_STREAM;
import static io.sandgate.proxy.forward.RawHttp2.HEADERS;
import static io.sandgate.proxy.forward.RawHttp2.PING;
import static io.sandgate.proxy.forward.RawHttp2.PRIORITY;
import static io.sandgate.proxy.forward.RawHttp2.RST_STREAM;
import static io.sandgate.proxy.forward.RawHttp2.SETTINGS;
import static io.sandgate.proxy.forward.RawHttp2.WINDOW_UPDATE;

/// Every input over HTTP/2 that is refused.
final class Http2RefusalCases {
    private static final String MALFORMED = "reset 1";
    private static final String CALM = "goaway 11";

    private final List<Http2RefusalCase> all = new ArrayList<>();

    private Http2RefusalCases() {}

    static List<Http2RefusalCase> all() {
        Http2RefusalCases cases = new Http2RefusalCases();
        cases.fields();
        cases.pseudoFields();
        cases.addresses();
        cases.bodies();
        cases.frames();
        cases.floods();
        return cases.all;
    }

    private void add(String input, String shown, Script script, String outcome, String rule) {
        all.add(new Http2RefusalCase(input, shown, script, outcome, rule));
    }

    private void field(String input, String name, String value, String shown, String rule) {
        add(input, "`" + shown + "`", (client, host) -> client.get(1, host, "/", name, value), MALFORMED, rule);
    }

    private void head(String input, String shown, String outcome, String rule, String... fields) {
        add(input, shown, (client, host) -> {
            String[] filled = fields.clone();
            for (int i = 0; i < filled.length; i++) {
                filled[i] = filled[i].replace(RefusalCase.HOST, host);
            }
            client.headers(1, true, filled);
        }, outcome, rule);
    }

    private void fields() {
        String names = "RFC 9113, 8.2.1";
        String hops = "RFC 9113, 8.2.2";
        field("a name in upper case", "X-Upper", "v", "X-Upper: v", names);
        field("a name that is no token", "x name", "v", "x name: v", names);
        field("a name with a colon in it", "x:name", "v", "x:name: v", names);
        field("a name with a line end in it", "x\r\nhost", "v", "x\\r\\nhost: v", names);
        field("a name of octets beyond ASCII", "x\u00e9", "v", "x\\xe9: v", names);
        field("a name of no octets", "", "v", ": v", names);
        field("a value with a line end in it", "x-a", "b\r\nx-injected: c", "x-a: b\\r\\nx-injected: c", names);
        field("a value with a line feed in it", "x-a", "b\nc", "x-a: b\\nc", names);
        field("a value with a NUL in it", "x-a", "b\0c", "x-a: b\\x00c", names);
        field("a value that begins with a blank", "x-a", " b", "x-a:␠␠b", names);
        field("a value that ends with a blank", "x-a", "b\t", "x-a: b\\t", names);
        field("a field about one connection", "connection", "close", "connection: close", hops);
        field("a field about one connection", "keep-alive", "timeout=5", "keep-alive: timeout=5", hops);
        field("a field about one connection", "proxy-connection", "close", "proxy-connection: close", hops);
        field("a field about one connection", "transfer-encoding", "chunked", "transfer-encoding: chunked", hops);
        field("a field about one connection", "upgrade", "websocket", "upgrade: websocket", hops);
        field("another TE than trailers", "te", "gzip", "te: gzip", hops);
    }

    private void pseudoFields() {
        String rule = "RFC 9113, 8.3.1";
        String h = RefusalCase.HOST;
        head("no :method", "without `:method`", MALFORMED, rule, ":scheme", "http", ":path", "/", ":authority", h);
        head("no :path", "without `:path`", MALFORMED, rule, ":method", "GET", ":scheme", "http", ":authority", h);
        head("no :scheme", "without `:scheme`", MALFORMED, rule, ":method", "GET", ":path", "/", ":authority", h);
        head("a path of no octets", "`:path` is empty", MALFORMED, rule, ":method", "GET", ":scheme", "http", ":path",
                "", ":authority", h);
        head("a path with a space in it", "`:path: /a b`", MALFORMED, rule, ":method", "GET", ":scheme", "http",
                ":path", "/a b", ":authority", h);
        head("a path with another request in it", "`:path: / HTTP/1.1\\r\\nx: y`", MALFORMED, rule, ":method", "GET",
                ":scheme", "http", ":path", "/ HTTP/1.1\r\nx: y", ":authority", h);
        head("a path that does not begin with a slash", "`:path: index.html`", "status 400", rule, ":method", "GET",
                ":scheme", "http", ":path", "index.html", ":authority", h);
        head("a method that is no token", "`:method: GET /`", MALFORMED, rule, ":method", "GET /", ":scheme", "http",
                ":path", "/", ":authority", h);
        head("a pseudo-field twice", "`:path` twice", MALFORMED, rule, ":method", "GET", ":scheme", "http", ":path",
                "/", ":path", "/b", ":authority", h);
        head("an unknown pseudo-field", "`:other: v`", MALFORMED, rule, ":method", "GET", ":scheme", "http", ":path",
                "/", ":authority", h, ":other", "v");
        head("a pseudo-field of answers", "`:status: 200`", MALFORMED, rule, ":method", "GET", ":scheme", "http",
                ":path", "/", ":authority", h, ":status", "200");
        head("a pseudo-field behind others", "`:path` last", MALFORMED, rule, ":method", "GET", ":scheme", "http",
                ":authority", h, "x-a", "b", ":path", "/");
        head("CONNECT", "`:method: CONNECT`", "status 405", "own", ":method", "CONNECT", ":authority", h);
        head("TRACE", "`:method: TRACE`", "status 405", "own", ":method", "TRACE", ":scheme", "http", ":path", "/",
                ":authority", h);
        head("an extended CONNECT without a path", "`:protocol: websocket`", MALFORMED, "RFC 8441, 4", ":method",
                "CONNECT", ":protocol", "websocket", ":scheme", "http", ":authority", h);
        head(":protocol with another method", "`:protocol: websocket`", MALFORMED, "RFC 8441, 4", ":method", "GET",
                ":protocol", "websocket", ":scheme", "http", ":path", "/", ":authority", h);
        head("a protocol that is no token", "`:protocol: web socket`", MALFORMED, "RFC 8441, 4", ":method", "CONNECT",
                ":protocol", "web socket", ":scheme", "http", ":path", "/", ":authority", h);
    }

    private void addresses() {
        String h = RefusalCase.HOST;
        head("an authority and another Host", "`host: 80-other.localhost`", "status 400", "RFC 9113, 8.3.1", ":method",
                "GET", ":scheme", "http", ":path", "/", ":authority", h, "host", "80-other.localhost");
        head("neither authority nor Host", "none", "status 400", "RFC 9113, 8.3.1", ":method", "GET", ":scheme",
                "http", ":path", "/");
        head("an authority of no octets", "`:authority` is empty", MALFORMED, "RFC 9113, 8.3.1", ":method", "GET",
                ":scheme", "http", ":path", "/", ":authority", "");
        head("an authority with a name and a secret", "`:authority: me:secret@80-abc.localhost`", "status 400",
                "RFC 9113, 8.3.1", ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "me:secret@" + h);
        head("an expectation that nobody meets", "`expect: 200-ok`", "status 417", "RFC 9110, 10.1.1", ":method",
                "GET", ":scheme", "http", ":path", "/", ":authority", h, "expect", "200-ok");
    }

    private void bodies() {
        String rule = "RFC 9113, 8.1.1";
        add("more data than Content-Length says", "`content-length: 2`, three octets", (client, host) -> client
                .headers(1, false, RawHttp2.request("POST", host, "/", "content-length", "2")).data(1, true, "abc"),
                MALFORMED, rule);
        add("less data than Content-Length says", "`content-length: 4`, three octets", (client, host) -> client
                .headers(1, false, RawHttp2.request("POST", host, "/", "content-length", "4")).data(1, true, "abc"),
                MALFORMED, rule);
        add("a Content-Length without data", "`content-length: 4` and END_STREAM",
                (client, host) -> client.headers(1, true, RawHttp2.request("POST", host, "/", "content-length", "4")),
                MALFORMED, rule);
        add("two lengths", "`content-length: 3`, `content-length: 4`", (client, host) -> client
                .headers(1, false, RawHttp2.request("POST", host, "/", "content-length", "3", "content-length", "4"))
                .data(1, true, "abc"), MALFORMED, rule);
        add("a length that is no number", "`content-length: +3`", (client, host) -> client
                .headers(1, false, RawHttp2.request("POST", host, "/", "content-length", "+3")).data(1, true, "abc"),
                MALFORMED, rule);
        add("a line end in a trailer", "`x-t: a\\r\\nb`", (client, host) -> client
                .headers(1, false, RawHttp2.request("POST", host, "/")).headers(1, true, "x-t", "a\r\nb"), MALFORMED,
                "RFC 9113, 8.2.1");
    }

    private void frames() {
        add("data on a stream that was not opened", "DATA on stream 1",
                (client, host) -> client.frame(DATA, 0, 1, new byte[1]), "goaway 1", "RFC 9113, 5.1");
        add("a request on a stream of the server", "HEADERS on stream 2",
                (client, host) -> client.frame(HEADERS, END_HEADERS | END_STREAM, 2,
                        RawHttp2.block(RawHttp2.request("GET", host, "/"))),
                "goaway 1", "RFC 9113, 5.1.1");
        add("a frame that is too long", "DATA of 16,385 octets",
                (client, host) -> client.frame(DATA, 0, 1, new byte[16_385]), "goaway 6", "RFC 9113, 4.2");
        add("a window of more than 2^31-1", "WINDOW_UPDATE of 2^31-1",
                (client, host) -> client.frame(WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE)), "goaway 3",
                "RFC 9113, 6.9.1");
        add("fields that cannot be decompressed", "an index that does not exist",
                (client, host) -> client.frame(HEADERS, END_HEADERS | END_STREAM, 1, new byte[]{(byte) 0xff, 0x7f}),
                "goaway 9", "RFC 7541, 2.3.3");
        add("fields that are too large", "60 KiB of them", (client, host) -> {
            byte[] block = RawHttp2.block(RawHttp2.request("GET", host, "/", "x-a", "a".repeat(60 * 1024)));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int from = 0;
            while (from < block.length) {
                int to = Math.min(block.length, from + 16_000);
                byte[] part = java.util.Arrays.copyOfRange(block, from, to);
                out.writeBytes(RawHttp2.bytes(from == 0 ? HEADERS : CONTINUATION,
                        (from == 0 ? END_STREAM : 0) | (to == block.length ? END_HEADERS : 0), 1, part));
                from = to;
            }
            client.send(out.toByteArray());
        }, "goaway 1", "own");
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private void floods() {
        flood("pings", PING, 0, 0, new byte[8]);
        flood("settings", SETTINGS, 0, 0, new byte[0]);
        flood("priorities", PRIORITY, 0, 1, new byte[5]);
        flood("frames of an unknown type", 0x20, 0, 1, new byte[0]);
        add("a flood of window updates", "WINDOW_UPDATE, more than " + FrameGuard.MOST + " times",
                (client, host) -> client.send(repeat(RawHttp2.bytes(WINDOW_UPDATE, 0, 0, number(1)))), CALM,
                "RFC 9113, 10.5");
        add("a flood of empty data", "DATA without octets", (client, host) -> {
            client.headers(1, false, RawHttp2.request("POST", host, "/"));
            client.send(repeat(RawHttp2.bytes(DATA, 0, 1, new byte[0])));
        }, CALM, "CVE-2019-9518");
        add("requests that are given up at once", "HEADERS and RST_STREAM, again and again", (client, host) -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int stream = 1; stream < 2_000; stream += 2) {
                out.writeBytes(RawHttp2.bytes(HEADERS, END_HEADERS | END_STREAM, stream,
                        RawHttp2.block(RawHttp2.request("GET", "80-none.localhost", "/"))));
                out.writeBytes(RawHttp2.bytes(RST_STREAM, 0, stream, number(8)));
            }
            client.send(out.toByteArray());
        }, CALM, "CVE-2023-44487");
        add("fields without an end", "CONTINUATION without octets, again and again", (client, host) -> {
            client.frame(HEADERS, END_STREAM, 1, RawHttp2.block(RawHttp2.request("GET", host, "/")));
            client.send(repeat(RawHttp2.bytes(CONTINUATION, 0, 1, new byte[0])));
        }, CALM, "CVE-2024-27316");
    }

    private void flood(String what, int type, int flags, int stream, byte[] payload) {
        add("a flood of " + what, "more than " + FrameGuard.MOST + " of them in 10 s",
                (client, host) -> client.send(repeat(RawHttp2.bytes(type, flags, stream, payload))), CALM,
                "RFC 9113, 10.5");
    }

    private static byte[] repeat(byte[] frame) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < FrameGuard.MOST + 200; i++) {
            out.writeBytes(frame);
        }
        return out.toByteArray();
    }

    /// The part of the page that is about HTTP/2.
    static String section() {
        StringBuilder text = new StringBuilder(
                """

                        ## HTTP/2

                        A request that is malformed ends its stream, and one that is well-formed and refused is answered as over HTTP/1.1;
                        the connection goes on. What breaks the connection's own rules, or is a flood, ends the connection.

                        | input | what is sent | answer | connection | rule |
                        | --- | --- | --- | --- | --- |
                        """);
        all().forEach(each -> text.append(each.row()));
        return text.toString();
    }
}
