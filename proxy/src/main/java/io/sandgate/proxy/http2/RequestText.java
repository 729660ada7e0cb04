package io.sandgate.proxy.http2;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Writes the head of a request of HTTP/2 as one of HTTP/1.1 (RFC 9113, 8.3.1). An extended CONNECT becomes a request for an
/// upgrade (RFC 8441, 5). Pure.
final class RequestText {
    private static final int NONCE_BYTES = 16;

    private RequestText() {}

    /// Writes it.
    ///
    /// @param body how the body that follows will be framed
    /// @return false when the request is malformed
    static boolean write(Http2Headers headers, BodyText.Framing body, Http1Text text) {
        CharSequence method = headers.method();
        CharSequence authority = headers.authority();
        CharSequence protocol = protocol(headers);
        boolean connect = method != null && AsciiString.contentEquals("CONNECT", method) && protocol == null;
        CharSequence target = connect ? authority : headers.path();
        if (method == null || target == null || connect != (headers.scheme() == null)
                || connect != (headers.path() == null) || (authority != null && authority.isEmpty())
                || (protocol != null && !AsciiString.contentEquals("CONNECT", method))) {
            return false;
        }
        text.begin().token(protocol == null ? method : "GET").plain(" ").target(target).plain(" HTTP/1.1").end();
        if (authority != null) {
            text.field("host", authority);
        }
        if (protocol != null) {
            upgrade(protocol, text);
        }
        fields(headers, authority, text);
        switch (body) {
            case CHUNKED -> text.plain("transfer-encoding: chunked").end();
            case NONE -> {
                if (!headers.contains("content-length") && isUsuallyWithBody(method)) {
                    text.plain("content-length: 0").end();
                }
            }
            default -> {
            }
        }
        text.end();
        return !text.isBroken();
    }

    /// What an extended CONNECT asks for, or null.
    static @Nullable CharSequence protocol(Http2Headers headers) {
        return headers.get(PseudoHeaderName.PROTOCOL.value());
    }

    private static boolean isUsuallyWithBody(CharSequence method) {
        return AsciiString.contentEquals("POST", method) || AsciiString.contentEquals("PUT", method)
                || AsciiString.contentEquals("PATCH", method);
    }

    private static void upgrade(CharSequence protocol, Http1Text text) {
        text.plain("connection: upgrade").end().plain("upgrade: ").token(protocol).end();
        if (AsciiString.contentEqualsIgnoreCase("websocket", protocol)) {
            byte[] nonce = new byte[NONCE_BYTES];
            ThreadLocalRandom.current().nextBytes(nonce);
            text.field("sec-websocket-key", Base64.getEncoder().encodeToString(nonce));
        }
    }

    private static void fields(Http2Headers headers, @Nullable CharSequence authority, Http1Text text) {
        boolean cookies = false;
        int pseudo = 0;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            if (!name.isEmpty() && name.charAt(0) == ':') {
                pseudo++;
            } else if (AsciiString.contentEquals("cookie", name)) {
                cookies = true;
            } else if (!AsciiString.contentEquals("host", name) || authority == null
                    || !AsciiString.contentEqualsIgnoreCase(authority, field.getValue())) {
                text.field(name, field.getValue());
            }
        }
        if (cookies) {
            cookies(headers, text);
        }
        if (pseudo != count(headers)) {
            text.breakOff();
        }
    }

    /// They may come in parts, and go on in one (RFC 9113, 8.2.3).
    private static void cookies(Http2Headers headers, Http1Text text) {
        String between = "cookie: ";
        for (CharSequence part : headers.getAll("cookie")) {
            text.plain(between).value(part);
            between = "; ";
        }
        text.end();
    }

    /// How many pseudo-header fields there are when there is none twice.
    private static int count(Http2Headers headers) {
        int count = 0;
        for (PseudoHeaderName name : new PseudoHeaderName[]{PseudoHeaderName.METHOD, PseudoHeaderName.SCHEME,
                PseudoHeaderName.AUTHORITY, PseudoHeaderName.PATH, PseudoHeaderName.PROTOCOL}) {
            count += headers.contains(name.value()) ? 1 : 0;
        }
        return count;
    }
}
