package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The head of one request. Used again for one after the other; confined to one thread, and valid until the next parse.
public final class RequestHead {
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LINE_END = " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_LENGTH = VERSION.length + 1;
    /// What is copied of a head whose end is not known: behind a short one there may be much of a body.
    private static final int MOST_AT_ONCE = 2048;

    /// Why a head is not taken.
    ///
    /// @param status of the answer
    /// @param message what is wrong
    public record Malformed(int status, String message) {}

    private final byte[] bytes;
    private final int longestLine;
    private final int longestFields;
    private final FieldLines fields = new FieldLines();
    private int length;
    private int methodEnd;
    private int targetEnd;
    private int lineEnd;
    private boolean old;
    private long serial;

    /// @param longestLine bytes that a request line may have
    /// @param longestFields bytes that the field lines may have together
    public RequestHead(int longestLine, int longestFields) {
        this.longestLine = longestLine;
        this.longestFields = longestFields;
        this.bytes = new byte[longestLine + longestFields];
    }

    /// How long a head may be.
    public int longest() {
        return bytes.length;
    }

    /// Reads a head without a look for its end before: mostly it is all there, and nothing is wrong with it.
    ///
    /// @return its length with the empty line; -1 when it has to be looked at more closely
    public int parseAtOnce(ByteBuf in) {
        serial++;
        length = Math.min(in.readableBytes(), Math.min(bytes.length, MOST_AT_ONCE));
        in.getBytes(in.readerIndex(), bytes, 0, length);
        if (line() != null || lineEnd > longestLine) {
            return -1;
        }
        int emptyLine = fields.parseToEmptyLine(bytes, lineEnd, length);
        length = emptyLine + 2;
        return emptyLine < 0 || length - lineEnd > longestFields ? -1 : length;
    }

    /// Reads a head that is whole.
    ///
    /// @param length of it, with the empty line
    /// @return null, or why it is not taken
    public @Nullable Malformed parse(ByteBuf in, int length) {
        serial++;
        if (length > bytes.length) {
            return tooLong(in);
        }
        in.getBytes(in.readerIndex(), bytes, 0, length);
        this.length = length;
        String wrong = line();
        if (wrong != null) {
            return isOtherVersion()
                    ? new Malformed(505, "version (expected: HTTP/1.1 or HTTP/1.0)")
                    : new Malformed(400, wrong);
        }
        if (lineEnd > longestLine) {
            return lineTooLong();
        }
        if (length - lineEnd > longestFields) {
            return fieldsTooLong();
        }
        if (bytes[length - 2] != Octets.CR) {
            return new Malformed(400, "an empty line (expected: CR LF)");
        }
        wrong = fields.parse(bytes, lineEnd, length - 2);
        if (wrong != null) {
            return new Malformed(fields.size() == FieldLines.MOST ? 431 : 400, wrong);
        }
        return null;
    }

    /// Why a head that goes on after as many bytes as it may have is not taken.
    public Malformed tooLong(ByteBuf in) {
        int start = in.readerIndex();
        return in.indexOf(start, Math.min(in.writerIndex(), start + longestLine), Octets.LF) < 0
                ? lineTooLong()
                : fieldsTooLong();
    }

    private Malformed fieldsTooLong() {
        return new Malformed(431, "header fields (expected: at most " + longestFields + " bytes)");
    }

    private Malformed lineTooLong() {
        return new Malformed(414, "request line (expected: at most " + longestLine + " bytes)");
    }

    /// method SP target SP HTTP/1.x CR LF, each separated by just one space.
    private @Nullable String line() {
        lineEnd = 0;
        int at = 0;
        while (at < length && Octets.token(bytes[at]) != 0) {
            at++;
        }
        methodEnd = at;
        if (at == 0 || !isSpace(at)) {
            return "method (expected: a token and one space)";
        }
        at++;
        while (at < length && Octets.isTarget(bytes[at])) {
            at++;
        }
        targetEnd = at;
        if (targetEnd == methodEnd + 1 || !isSpace(at)) {
            return "request target (expected: a path in printable ASCII, and one space)";
        }
        at++;
        lineEnd = at + VERSION_LENGTH + 2;
        if (lineEnd > length || !isVersion(at) || bytes[lineEnd - 2] != Octets.CR || bytes[lineEnd - 1] != Octets.LF) {
            return "version (expected: HTTP/1.1 or HTTP/1.0, and CR LF)";
        }
        old = bytes[at + VERSION_LENGTH - 1] == '0';
        return null;
    }

    private boolean isSpace(int at) {
        return at < length && bytes[at] == Octets.SP;
    }

    /// Whether a line of which only the version is not taken has one that may exist: HTTP/ digit . digit CR LF.
    private boolean isOtherVersion() {
        int at = targetEnd + 1;
        return lineEnd == at + VERSION_LENGTH + 2 && lineEnd <= length && bytes[at] == 'H' && bytes[at + 1] == 'T'
                && bytes[at + 2] == 'T' && bytes[at + 3] == 'P' && bytes[at + 4] == '/' && Octets.isDigit(bytes[at + 5])
                && bytes[at + 6] == '.' && Octets.isDigit(bytes[at + 7]) && bytes[lineEnd - 2] == Octets.CR
                && bytes[lineEnd - 1] == Octets.LF;
    }

    private boolean isVersion(int at) {
        for (int i = 0; i < VERSION.length; i++) {
            if (bytes[at + i] != VERSION[i]) {
                return false;
            }
        }
        byte minor = bytes[at + VERSION.length];
        return minor == '1' || minor == '0';
    }

    /// Another number after each parse: who has noted it knows whether the head is still the one that it read.
    public long serial() {
        return serial;
    }

    public FieldLines fields() {
        return fields;
    }

    /// Whether it is HTTP/1.0.
    public boolean isOld() {
        return old;
    }

    public String method() {
        return new String(bytes, 0, methodEnd, StandardCharsets.US_ASCII);
    }

    public boolean isMethod(String method) {
        if (methodEnd != method.length()) {
            return false;
        }
        for (int i = 0; i < methodEnd; i++) {
            if (bytes[i] != method.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// The request target as it is written.
    public String target() {
        return new String(bytes, methodEnd + 1, targetEnd - methodEnd - 1, StandardCharsets.US_ASCII);
    }

    /// Whether the target begins with a slash.
    public boolean isOriginForm() {
        return bytes[methodEnd + 1] == '/';
    }

    /// Writes the request line, in HTTP/1.1 whatever it was.
    ///
    /// @param target in place of the one that came, or null
    public void writeLine(ByteBuf out, @Nullable String target) {
        if (target == null && !old) {
            out.writeBytes(bytes, 0, lineEnd);
            return;
        }
        out.writeBytes(bytes, 0, methodEnd + 1);
        if (target == null) {
            out.writeBytes(bytes, methodEnd + 1, targetEnd - methodEnd - 1);
        } else {
            out.writeCharSequence(target, StandardCharsets.US_ASCII);
        }
        out.writeBytes(LINE_END);
    }

    /// Writes some of the field lines, in their order.
    public void writeFields(ByteBuf out, Kept kept) {
        Kept.write(fields, bytes, kept, out);
    }

    /// How many bytes of body follow, by the rules of RFC 9112, 6.3; the head satisfies the rules of a gateway otherwise.
    ///
    /// @return false when the length is none
    public boolean frame(BodyFramer body) {
        if (fields.has(FieldName.TRANSFER_ENCODING)) {
            body.chunked();
            return true;
        }
        long count = fields.has(FieldName.CONTENT_LENGTH) ? fields.number(FieldName.CONTENT_LENGTH) : 0;
        if (count < 0) {
            return false;
        }
        body.length(count);
        return true;
    }
}
