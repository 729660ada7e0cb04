package io.sandgate.gateway.stream.webhook;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One JSON object on disk, replaced as a whole, and readable by its owner only. Not thread-safe; blocks.
final class StateFile {
    private static final Logger log = LoggerFactory.getLogger(StateFile.class);
    private static final int VERSION = 1;

    private final Path file;

    StateFile(Path file) {
        this.file = file;
    }

    /// What is there. A file that cannot be read is kept beside under the name `….unreadable`, and counts as empty.
    ///
    /// @param reader throws for an object that is not of its form
    /// @param none for a file that is not there
    <T> T load(Function<JsonObject, T> reader, T none) {
        try {
            JsonObject content = new JsonObject(Buffer.buffer(Files.readAllBytes(file)));
            if (content.getInteger("version", 0) != VERSION) {
                throw new IllegalArgumentException(
                        "version " + content.getValue("version") + " (expected: " + VERSION + ")");
            }
            return reader.apply(content);
        } catch (NoSuchFileException e) {
            return none;
        } catch (IOException | RuntimeException e) {
            // a parser's message can show a part of the file, in which there are secrets
            log.warn("webhooks.file_unreadable file={} error={} (kept as {}.unreadable; the other replicas are asked)",
                    file, e.getClass().getSimpleName(), file.getFileName());
            putAside();
            return none;
        }
    }

    /// Replaces what is there, and is done when it is on the disk.
    void save(JsonObject content) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(next, content.put("version", VERSION).toBuffer().getBytes(), StandardOpenOption.WRITE,
                StandardOpenOption.DSYNC);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void putAside() {
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + ".unreadable"),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            log.warn("webhooks.file_stays file={} error={}", file, e.getClass().getSimpleName());
        }
    }
}
