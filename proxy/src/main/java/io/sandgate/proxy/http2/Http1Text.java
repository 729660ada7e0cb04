package io.sandgate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import io.sandgate.proxy.http1.Octets;
import java.nio.charset.StandardCharsets;

/// Text of HTTP/1.1 that is being written. What would end a line, or a part of one, elsewhere than here makes it broken
/// (RFC 9113, 8.2.1); what the text says is left to whoever reads it.
final class Http1Text {
    private static final byte[] LINE_END = {'\r', '\n'};

    private final ByteBuf out;
    private boolean broken;

    Http1Text(ByteBuf out) {
        this.out = out;
    }

    ByteBuf out() {
        return out;
    }

    boolean isBroken() {
        return broken;
    }

    void breakOff() {
        broken = true;
    }

    /// Text that is not from outside.
    Http1Text plain(String text) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
        return this;
    }

    Http1Text end() {
        out.writeBytes(LINE_END);
        return this;
    }

    Http1Text token(CharSequence text) {
        AsciiString octets = AsciiString.of(text);
        broken |= octets.isEmpty();
        for (int i = 0; i < octets.length(); i++) {
            broken |= Octets.token(octets.byteAt(i)) == 0;
        }
        return write(octets);
    }

    Http1Text target(CharSequence text) {
        AsciiString octets = AsciiString.of(text);
        broken |= octets.isEmpty();
        for (int i = 0; i < octets.length(); i++) {
            broken |= !Octets.isTarget(octets.byteAt(i));
        }
        return write(octets);
    }

    /// A field line; its name must be in lower case.
    Http1Text field(CharSequence name, CharSequence value) {
        AsciiString octets = AsciiString.of(name);
        broken |= octets.isEmpty();
        for (int i = 0; i < octets.length(); i++) {
            byte octet = octets.byteAt(i);
            broken |= octet == 0 || Octets.token(octet) != octet;
        }
        return write(octets).plain(": ").value(value).end();
    }

    /// The value of a field, which must not begin or end with a blank.
    Http1Text value(CharSequence value) {
        AsciiString octets = AsciiString.of(value);
        int length = octets.length();
        broken |= length > 0 && (isBlank(octets.byteAt(0)) || isBlank(octets.byteAt(length - 1)));
        for (int i = 0; i < length; i++) {
            broken |= !Octets.isValue(octets.byteAt(i));
        }
        return write(octets);
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    private Http1Text write(AsciiString octets) {
        out.writeBytes(octets.array(), octets.arrayOffset(), octets.length());
        return this;
    }
}
