package io.sandgate.api.envd.files;

import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.HttpFailure;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Writing;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/// One request that writes files: its body is written as it comes, so that neither its length nor what it unpacks to
/// takes memory.
final class Upload {

    private static final int PIECE = 64 * 1024;

    private final HttpCall call;
    private final SandboxFiles files;
    private final Optional<String> path;
    private final String user;
    private final Map<String, String> metadata;
    /// By path.
    private final Map<String, Entry> written = new LinkedHashMap<>();

    Upload(HttpCall call, SandboxFiles files, Optional<String> path, String user) {
        this.call = call;
        this.files = files;
        this.path = path;
        this.user = user;
        this.metadata = Metadata.of(call.headers());
    }

    /// Writes all files, and returns what they are.
    JsonArray write() throws IOException {
        String type = call.header("content-type").orElse("");
        FieldParameters media = FieldParameters.parse(type);
        InputStream body = decoded();
        if (media.value().equals("application/octet-stream")) {
            write(path.orElseThrow(
                    () -> new HttpFailure(400, "path: missing (expected: a query parameter, for a body of one file)")),
                    body);
        } else if (media.value().startsWith("multipart/")) {
            writeParts(new MultipartReader(body, media.parameter("boundary").orElse("")));
        } else {
            throw new HttpFailure(400, "unsupported content type: " + type
                    + ", expected multipart/form-data or application/octet-stream");
        }
        call.body().readNBytes(PIECE);
        JsonArray entries = new JsonArray();
        written.values().forEach(entry -> entries.add(FileCalls.json(entry)));
        return entries;
    }

    private InputStream decoded() throws IOException {
        return switch (ContentCoding.named(call.header("content-encoding").orElse(""))) {
            case IDENTITY -> call.body();
            case GZIP -> new GZIPInputStream(call.body(), PIECE);
        };
    }

    private void writeParts(MultipartReader reader) throws IOException {
        for (Optional<MultipartReader.Part> part = reader.next(); part.isPresent(); part = reader.next()) {
            FieldParameters disposition = part.get().disposition();
            if (disposition.parameter("name").orElse("").equals("file")) {
                write(path.or(() -> disposition.parameter("filename")).orElseThrow(
                        () -> new HttpFailure(400, "a file has no name (expected: filename, or path in the query)")),
                        part.get().bytes());
            }
        }
    }

    private void write(String target, InputStream bytes) throws IOException {
        requireNew(target);
        try (Writing writing = files.write(target, user, metadata)) {
            copy(bytes, writing);
            Entry entry = writing.entry();
            written.put(entry.path(), entry);
        }
    }

    /// Two names can mean one path, so the file system is asked; what was written is there to be found.
    private void requireNew(String target) {
        if (written.isEmpty()) {
            return;
        }
        try {
            if (!written.containsKey(files.stat(target, user).path())) {
                return;
            }
        } catch (GuestException e) {
            // Not there, or not to be seen: writing says so if it matters
            return;
        }
        throw new HttpFailure(400, "you cannot upload multiple files to the same path '" + target
                + "' in one upload request, only the first specified file was uploaded");
    }

    private static void copy(InputStream bytes, Writing writing) throws IOException {
        WritableByteChannel channel = writing.channel();
        byte[] piece = new byte[PIECE];
        for (int read = bytes.read(piece); read >= 0; read = bytes.read(piece)) {
            ByteBuffer left = ByteBuffer.wrap(piece, 0, read);
            try {
                while (left.hasRemaining()) {
                    channel.write(left);
                }
            } catch (IOException e) {
                throw writing.failure(e);
            }
        }
    }
}
