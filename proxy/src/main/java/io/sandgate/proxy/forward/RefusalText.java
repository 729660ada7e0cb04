package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;

/// The answer that says why a request is not forwarded, in bytes. Pure.
final class RefusalText {

    private RefusalText() {}

    /// Writes the whole answer.
    ///
    /// @param head of the request, as far as it could be read
    /// @param readable whether it could
    /// @param close whether the connection is closed after it
    static ByteBuf write(ByteBufAllocator allocator, Refusal refusal, RequestHead head, boolean readable,
            boolean close) {
        boolean page = readable && wantsPage(head.fields());
        byte[] body = (page ? ProxyErrors.page(refusal) : ProxyErrors.json(refusal)).getBytes(StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder(256).append("HTTP/1.1 ").append(refusal.status()).append(' ')
                .append(HttpResponseStatus.valueOf(refusal.status()).reasonPhrase()).append("\r\nContent-Type: ")
                .append(page ? ProxyErrors.PAGE_TYPE : ProxyErrors.JSON_TYPE).append("\r\nContent-Length: ")
                .append(body.length).append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
        if (refusal.isTransient()) {
            text.append("Retry-After: 1\r\n");
        }
        if (refusal.status() == 405) {
            text.append("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n");
        }
        if (close) {
            text.append("Connection: close\r\n");
        }
        text.append("\r\n");
        ByteBuf answer = allocator.directBuffer(text.length() + body.length);
        answer.writeCharSequence(text, StandardCharsets.US_ASCII);
        return readable && head.isMethod("HEAD") ? answer : answer.writeBytes(body);
    }

    private static boolean wantsPage(FieldLines fields) {
        return Navigation.wantsPage(fields.valueOf("user-agent"), fields.valueOf("accept"),
                fields.valueOf("sec-fetch-mode"), fields.valueOf("x-requested-with"));
    }
}
