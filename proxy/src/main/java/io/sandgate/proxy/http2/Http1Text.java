package io.sandgate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.AsciiString;
import io.sandgate.proxy.http1.Octets;
import java.util.Arrays;

/// Text of HTTP/1.1 that is being written, one after the other. What would end a line, or a part of one, elsewhere than here
/// makes it broken (RFC 9113, 8.2.1); what the text says is left to whoever reads it. Confined to one thread.
final class Http1Text {
    /// An array is much cheaper to write in pieces than a buffer.
    private byte[] octets = new byte[1024];
    private int length;
    private boolean broken;

    /// Begins another text.
    Http1Text begin() {
        length = 0;
        broken = false;
        return this;
    }

    /// The text as it is now.
    ByteBuf toBuffer(ByteBufAllocator allocator) {
        return allocator.directBuffer(length).writeBytes(octets, 0, length);
    }

    boolean isBroken() {
        return broken;
    }

    void breakOff() {
        broken = true;
    }

    /// Text that is not from outside.
    Http1Text plain(String text) {
        int from = grow(text.length());
        for (int i = 0; i < text.length(); i++) {
            octets[from + i] = (byte) text.charAt(i);
        }
        return this;
    }

    Http1Text end() {
        int at = grow(2);
        octets[at] = '\r';
        octets[at + 1] = '\n';
        return this;
    }

    Http1Text token(CharSequence text) {
        int from = write(text);
        broken |= from == length;
        for (int i = from; i < length; i++) {
            broken |= Octets.token(octets[i]) == 0;
        }
        return this;
    }

    Http1Text target(CharSequence text) {
        int from = write(text);
        broken |= from == length;
        for (int i = from; i < length; i++) {
            broken |= !Octets.isTarget(octets[i]);
        }
        return this;
    }

    /// A field line; its name must be in lower case.
    Http1Text field(CharSequence name, CharSequence value) {
        int from = write(name);
        broken |= from == length;
        for (int i = from; i < length; i++) {
            broken |= octets[i] == 0 || Octets.token(octets[i]) != octets[i];
        }
        return plain(": ").value(value).end();
    }

    /// The value of a field, which must not begin or end with a blank.
    Http1Text value(CharSequence value) {
        int from = write(value);
        broken |= from < length && (isBlank(octets[from]) || isBlank(octets[length - 1]));
        for (int i = from; i < length; i++) {
            broken |= !Octets.isValue(octets[i]);
        }
        return this;
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    /// @return where it begins
    private int write(CharSequence text) {
        AsciiString ascii = AsciiString.of(text);
        int from = grow(ascii.length());
        System.arraycopy(ascii.array(), ascii.arrayOffset(), octets, from, ascii.length());
        return from;
    }

    /// Makes room for more octets.
    ///
    /// @return where they begin
    private int grow(int more) {
        int from = length;
        length += more;
        if (length > octets.length) {
            octets = Arrays.copyOf(octets, Math.max(length, 2 * octets.length));
        }
        return from;
    }
}
