package io.sandgate.api.envd.files;

import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Reading;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLConnection;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// One answer with a file's bytes, or with as much of them as the request wants.
final class Download {

    private static final int PIECE = 64 * 1024;

    private final HttpCall call;
    private final Reading reading;
    private final long size;
    private final Version version;
    private final Map<String, String> fields = new HashMap<>();

    Download(HttpCall call, Reading reading) {
        this.call = call;
        this.reading = reading;
        Entry entry = reading.entry();
        this.size = entry.size();
        this.version = Version.of(entry);
        fields.put("vary", "Accept-Encoding");
        fields.put("accept-ranges", "bytes");
        fields.put("etag", version.tag());
        fields.put("last-modified", version.lastModified());
        fields.put("content-disposition", inline(entry.name()));
        String type = URLConnection.guessContentTypeFromName(entry.name());
        fields.put("content-type", type == null ? "application/octet-stream" : type);
    }

    void answer() throws IOException {
        if (isUnchanged()) {
            call.reply(304, fields);
            return;
        }
        Optional<ByteRange> range = range();
        if (range.isPresent()) {
            fields.put("content-range", range.get().of(size));
            if (range.get().length() == 0) {
                call.reply(416, fields);
            } else {
                send(206, range.get());
            }
        } else if (isToBeCompressed()) {
            sendCompressed();
        } else {
            send(200, new ByteRange(0, size));
        }
    }

    private boolean isUnchanged() {
        Optional<String> tags = call.header("if-none-match");
        return tags.isPresent()
                ? version.isAmong(tags.get())
                : call.header("if-modified-since").filter(version::isNotAfter).isPresent();
    }

    private Optional<ByteRange> range() {
        return call.header("if-range").map(version::is).orElse(true)
                ? call.header("range").flatMap(field -> ByteRange.of(field, size))
                : Optional.empty();
    }

    /// A request about a part or a version is answered in plain, as by envd.
    private boolean isToBeCompressed() {
        boolean plain = size == 0 || call.headers().contains("range") || call.headers().contains("if-range")
                || call.headers().contains("if-none-match") || call.headers().contains("if-modified-since");
        return ContentCoding.preferred(call.header("accept-encoding").orElse("")) == ContentCoding.GZIP && !plain;
    }

    private void send(int status, ByteRange part) throws IOException {
        OutputStream body = call.stream(status, fields, part.length());
        if (!call.method().equals("HEAD")) {
            copy(part, body);
        }
        body.close();
    }

    private void sendCompressed() throws IOException {
        fields.put("content-encoding", "gzip");
        fields.put("etag", "W/" + version.tag());
        OutputStream body = call.stream(200, fields, -1);
        if (call.method().equals("HEAD")) {
            body.close();
            return;
        }
        FastGzip gzip = new FastGzip(body);
        try {
            copy(new ByteRange(0, size), gzip);
            gzip.close();
        } finally {
            gzip.release();
        }
    }

    private void copy(ByteRange part, OutputStream target) throws IOException {
        SeekableByteChannel channel = reading.channel();
        channel.position(part.start());
        byte[] piece = new byte[PIECE];
        long left = part.length();
        while (left > 0) {
            int read = channel.read(ByteBuffer.wrap(piece, 0, (int) Math.min(piece.length, left)));
            if (read < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
            target.write(piece, 0, read);
            left -= read;
        }
    }

    private static String inline(String name) {
        String plain = name.replaceAll("[^ -~]", "_").replace("\\", "\\\\").replace("\"", "\\\"");
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return "inline; filename=\"" + plain + "\"" + (encoded.equals(name) ? "" : "; filename*=utf-8''" + encoded);
    }

    /// Compresses for speed, since the way to the client is short.
    private static final class FastGzip extends GZIPOutputStream {

        FastGzip(OutputStream body) throws IOException {
            super(body, PIECE);
            def.setLevel(Deflater.BEST_SPEED);
        }

        /// Frees what is not on the heap, and leaves the answer open if it did not come to its end.
        void release() {
            def.end();
        }
    }
}
