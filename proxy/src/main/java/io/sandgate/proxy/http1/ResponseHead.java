package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The head of one answer. Used again for one after the other; confined to one thread, and valid until the next parse.
public final class ResponseHead {
    private static final int MINOR = 7;
    private static final byte[] VERSION = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);

    /// What is copied of a head whose end is not known: behind a short one there may be much of a body.
    private static final int MOST_AT_ONCE = 2048;

    private final byte[] bytes;
    private final FieldLines fields = new FieldLines();
    private int lineEnd;
    private int status;
    private boolean old;

    /// @param longest bytes that a head may have
    public ResponseHead(int longest) {
        this.bytes = new byte[longest];
    }

    /// How long a head may be.
    public int longest() {
        return bytes.length;
    }

    /// Reads a head without a look for its end before: mostly it is all there, and nothing is wrong with it.
    ///
    /// @return its length with the empty line; -1 when it has to be looked at more closely
    public int parseAtOnce(ByteBuf in) {
        int length = Math.min(in.readableBytes(), Math.min(bytes.length, MOST_AT_ONCE));
        in.getBytes(in.readerIndex(), bytes, 0, length);
        int emptyLine = line(length) == null ? fields.parseToEmptyLine(bytes, lineEnd, length) : -1;
        return emptyLine < 0 ? -1 : emptyLine + 2;
    }

    /// Reads a head that is whole.
    ///
    /// @param length of it, with the empty line
    /// @return null, or what is wrong with it
    public @Nullable String parse(ByteBuf in, int length) {
        if (length > bytes.length) {
            return "a head of more than " + bytes.length + " bytes";
        }
        in.getBytes(in.readerIndex(), bytes, 0, length);
        String wrong = line(length);
        if (wrong != null) {
            return wrong;
        }
        if (bytes[length - 2] != Octets.CR) {
            return "a head that does not end with CR LF";
        }
        return fields.parse(bytes, lineEnd, length - 2);
    }

    /// HTTP/1.x SP status [SP phrase] CR LF.
    private @Nullable String line(int length) {
        int phrase = VERSION.length + 3;
        if (length < phrase + 2 || !isVersion()) {
            return "a status line that is not of HTTP/1.1 or HTTP/1.0";
        }
        status = 0;
        for (int i = VERSION.length; i < phrase; i++) {
            if (!Octets.isDigit(bytes[i])) {
                return "a status that is no number of three digits";
            }
            status = status * 10 + bytes[i] - '0';
        }
        int at = phrase;
        while (at < length && Octets.isValue(bytes[at])) {
            at++;
        }
        if (at + 1 >= length || bytes[at] != Octets.CR || bytes[at + 1] != Octets.LF
                || (at > phrase && bytes[phrase] != Octets.SP) || status < 100) {
            return "a malformed status line";
        }
        lineEnd = at + 2;
        return null;
    }

    private boolean isVersion() {
        for (int i = 0; i < VERSION.length; i++) {
            if (i != MINOR && bytes[i] != VERSION[i]) {
                return false;
            }
        }
        byte minor = bytes[MINOR];
        old = minor == '0';
        return minor == '1' || minor == '0';
    }

    public int status() {
        return status;
    }

    /// Whether it is HTTP/1.0.
    public boolean isOld() {
        return old;
    }

    public FieldLines fields() {
        return fields;
    }

    /// Writes the status line.
    ///
    /// @param toOld whether in HTTP/1.0, and not in HTTP/1.1, whatever it was
    public void writeLine(ByteBuf out, boolean toOld) {
        out.writeBytes(VERSION, 0, MINOR).writeByte(toOld ? '0' : '1').writeByte(Octets.SP);
        out.writeBytes(bytes, VERSION.length, lineEnd - VERSION.length);
    }

    /// Writes some of the field lines, in their order.
    public void writeFields(ByteBuf out, Kept kept) {
        Kept.write(fields, bytes, kept, out);
    }

    /// How the body ends, by the rules of RFC 9112, 6.3; what two parsers could read differently is refused.
    ///
    /// @param toHead whether it answers a HEAD
    /// @return null, or what is wrong with the framing
    public @Nullable String frame(BodyFramer body, boolean toHead) {
        boolean chunked = fields.has(FieldName.TRANSFER_ENCODING);
        boolean counted = fields.has(FieldName.CONTENT_LENGTH);
        if (chunked && (old || counted || fields.count(FieldName.TRANSFER_ENCODING) > 1
                || !fields.isValue(FieldName.TRANSFER_ENCODING, "chunked"))) {
            return "a Transfer-Encoding that is not just chunked, or beside a Content-Length";
        }
        long length = counted ? fields.number(FieldName.CONTENT_LENGTH) : 0;
        if (length < 0 || fields.count(FieldName.CONTENT_LENGTH) > 1) {
            return "a Content-Length that is no number, or more than one";
        }
        if (status == 204 && (chunked || length > 0)) {
            return "a 204 that announces a body";
        }
        if (toHead || status == 204 || status == 304) {
            body.length(0);
        } else if (chunked) {
            body.chunked();
        } else if (counted) {
            body.length(length);
        } else {
            body.untilClose();
        }
        return null;
    }
}
