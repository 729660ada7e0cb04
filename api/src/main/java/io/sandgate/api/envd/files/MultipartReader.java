package io.sandgate.api.envd.files;

import io.sandgate.api.envd.wire.HttpFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// Reads a multipart body one part after the other, holding no more than a window of it.
///
/// Where the next delimiter is, or how far there is certainly none, is `clear`: up to there the window's bytes belong to
/// the part. A line end goes in front of the body, since a delimiter begins with one.
final class MultipartReader {

    static final int MAX_PARTS = 10_000;
    static final int MAX_PART_HEADER = 16 * 1024;
    static final int MAX_HEADERS = 8 * 1024 * 1024;

    private static final int WINDOW = 64 * 1024;
    /// RFC 2046 allows 70; senders take more.
    private static final int MAX_BOUNDARY = 256;

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] window = new byte[WINDOW];
    private int position;
    private int limit;
    private int clear;
    private boolean atDelimiter;
    private boolean over;
    private int parts;
    private int headerBytes;

    MultipartReader(InputStream in, String boundary) {
        if (boundary.isEmpty() || boundary.length() > MAX_BOUNDARY) {
            throw new HttpFailure(400, "the multipart boundary has " + boundary.length() + " characters (expected: 1-"
                    + MAX_BOUNDARY + ")");
        }
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.UTF_8);
        window[0] = '\r';
        window[1] = '\n';
        limit = 2;
    }

    /// A part's header and its bytes, which are to be read before the next part; what is left of them is skipped then.
    ///
    /// @param disposition its Content-Disposition
    record Part(FieldParameters disposition, InputStream bytes) {}

    /// The next part; nothing after the last one, when the body was read to its end unless that is far away.
    Optional<Part> next() throws IOException {
        if (over) {
            return Optional.empty();
        }
        while (advance()) {
            position = clear;
        }
        position += delimiter.length;
        atDelimiter = false;
        clear = position;
        String line = line().stripTrailing();
        if (line.equals("--")) {
            over = true;
            in.readNBytes(WINDOW);
            return Optional.empty();
        }
        if (!line.isEmpty()) {
            throw malformed("something else follows a boundary on its line");
        }
        if (++parts > MAX_PARTS) {
            throw malformed("it has more than " + MAX_PARTS + " parts");
        }
        return Optional.of(new Part(disposition(), new PartStream()));
    }

    private FieldParameters disposition() throws IOException {
        FieldParameters disposition = FieldParameters.parse("");
        int before = headerBytes;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (headerBytes - before > MAX_PART_HEADER) {
                throw malformed("the header of a part is longer than " + MAX_PART_HEADER + " bytes");
            }
            if (line.toLowerCase(Locale.ROOT).startsWith("content-disposition:")) {
                disposition = FieldParameters.parse(line.substring(line.indexOf(':') + 1));
            }
        }
        return disposition;
    }

    /// Reads a line without its end. The last line needs none.
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = -1;
        while (next != '\n') {
            if (position == limit && !fill()) {
                break;
            }
            next = window[position++];
            line.write(next);
            if (line.size() > MAX_PART_HEADER || ++headerBytes > MAX_HEADERS) {
                throw malformed("the headers of its parts are longer than " + MAX_PART_HEADER + " bytes, or "
                        + MAX_HEADERS + " together");
            }
        }
        clear = position;
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r\n")
                ? text.substring(0, text.length() - 2)
                : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /// Sees to it that there are bytes of the part in front; false at its end.
    private boolean advance() throws IOException {
        while (position == clear) {
            if (atDelimiter) {
                return false;
            }
            scan();
            if (position == clear && !atDelimiter && !fill()) {
                throw malformed("it ends before its last boundary");
            }
        }
        return true;
    }

    private void scan() {
        int last = limit - delimiter.length;
        for (int at = position; at <= last; at++) {
            if (window[at] == '\r' && isDelimiter(at)) {
                clear = at;
                atDelimiter = true;
                return;
            }
        }
        clear = Math.max(position, last + 1);
    }

    private boolean isDelimiter(int at) {
        for (int i = 1; i < delimiter.length; i++) {
            if (window[at + i] != delimiter[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean fill() throws IOException {
        System.arraycopy(window, position, window, 0, limit - position);
        limit -= position;
        clear -= position;
        position = 0;
        int read = in.read(window, limit, window.length - limit);
        limit += Math.max(0, read);
        return read > 0;
    }

    private static HttpFailure malformed(String why) {
        return new HttpFailure(400, "the multipart body cannot be read: " + why);
    }

    private final class PartStream extends InputStream {
        @Override
        public int read() throws IOException {
            return advance() ? window[position++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (!advance()) {
                return -1;
            }
            int taken = Math.min(length, clear - position);
            System.arraycopy(window, position, target, offset, taken);
            position += taken;
            return taken;
        }
    }
}
