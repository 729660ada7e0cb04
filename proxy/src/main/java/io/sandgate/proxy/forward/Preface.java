package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// Whether a connection begins as one of HTTP/2 must (RFC 9113, 3.4). Pure.
enum Preface {
    /// It does not.
    NONE,
    /// What has come may be a part of it.
    BEGUN,
    /// It is there.
    WHOLE;

    private static final byte[] OCTETS = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    static Preface of(ByteBuf in) {
        int length = Math.min(in.readableBytes(), OCTETS.length);
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != OCTETS[i]) {
                return NONE;
            }
        }
        return length < OCTETS.length ? BEGUN : WHOLE;
    }
}
