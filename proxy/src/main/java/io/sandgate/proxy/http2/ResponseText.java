package io.sandgate.proxy.http2;

import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;

/// Writes the head of an answer of HTTP/2 as one of HTTP/1.1 (RFC 9113, 8.3.2). Pure.
final class ResponseText {

    private ResponseText() {}

    /// The status, or -1 when there is none of three digits.
    static int status(Http2Headers headers) {
        CharSequence status = headers.status();
        if (status == null || status.length() != 3) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < 3; i++) {
            char digit = status.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            number = number * 10 + digit - '0';
        }
        return number;
    }

    /// Writes it.
    ///
    /// @param body how the body that follows will be framed
    /// @param empty whether there could be a body, and is none
    /// @return false when the answer is malformed
    static boolean write(Http2Headers headers, int status, BodyText.Framing body, boolean empty,
            Http1Text text) {
        text.begin().plain("HTTP/1.1 ").plain(Integer.toString(status)).plain(" ").end();
        int pseudo = 0;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            if (!name.isEmpty() && name.charAt(0) == ':') {
                pseudo++;
            } else {
                text.field(name, field.getValue());
            }
        }
        if (body == BodyText.Framing.CHUNKED) {
            text.plain("transfer-encoding: chunked").end();
        } else if (empty && status != 204 && status != 304 && !headers.contains("content-length")) {
            text.plain("content-length: 0").end();
        }
        text.end();
        return pseudo == 1 && !text.isBroken();
    }
}
