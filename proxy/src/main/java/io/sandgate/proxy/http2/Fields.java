package io.sandgate.proxy.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.util.AsciiString;
import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.FieldName;
import io.sandgate.proxy.http1.RequestHead;
import io.sandgate.proxy.http1.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Heads of HTTP/1.1 as the fields of HTTP/2, without those that are about one connection (RFC 9113, 8.2.2). Pure.
final class Fields {
    /// What a compressor must not remember beside what others send over the same connection (RFC 7541, 7.1.3).
    private static final Set<AsciiString> SECRETS = Stream.of("authorization", "cookie", "set-cookie", "x-access-token",
            "x-api-key", "e2b-traffic-access-token").map(AsciiString::cached).collect(Collectors.toUnmodifiableSet());
    static final SensitivityDetector SENSITIVE = (name, value) -> SECRETS.contains(AsciiString.of(name));
    /// By status.
    private static final AsciiString[] STATUS = new AsciiString[1000];

    static {
        for (int status = 100; status < STATUS.length; status++) {
            STATUS[status] = AsciiString.cached(Integer.toString(status));
        }
    }

    private Fields() {}

    /// @param status which the answer has in HTTP/2
    static Http2Headers response(ResponseHead head, int status) {
        FieldLines lines = head.fields();
        Http2Headers headers = new DefaultHttp2Headers(false, lines.size() + 1);
        headers.status(STATUS[status]);
        add(lines, headers);
        return headers;
    }

    /// @param scheme `http` or `https`
    static Http2Headers request(RequestHead head, String scheme) {
        FieldLines lines = head.fields();
        Http2Headers headers = new DefaultHttp2Headers(false, lines.size() + 4);
        headers.method(octets(head.method())).scheme(AsciiString.of(scheme)).path(octets(head.target()));
        String host = lines.value(FieldName.HOST);
        if (host != null) {
            headers.authority(octets(host));
        }
        add(lines, headers);
        return headers;
    }

    static Http2Headers trailers(FieldLines lines) {
        Http2Headers headers = new DefaultHttp2Headers(false, lines.size());
        add(lines, headers);
        return headers;
    }

    private static AsciiString octets(String text) {
        return new AsciiString(text.getBytes(StandardCharsets.ISO_8859_1), false);
    }

    private static void add(FieldLines lines, Http2Headers headers) {
        for (int line = 0; line < lines.size(); line++) {
            switch (lines.name(line)) {
                case HOST, CONNECTION, KEEP_ALIVE, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS, PROXY -> {
                }
                default -> headers.add(new AsciiString(lines.lowerNameOctets(line), false),
                        new AsciiString(lines.valueOctets(line), false));
            }
        }
    }
}
