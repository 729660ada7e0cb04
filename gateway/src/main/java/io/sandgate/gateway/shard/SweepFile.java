package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.backfill.SweepCursor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a replica keeps the places of the sweep over a restart: one JSON file, replaced as a whole.
///
/// It is not forced to the disk: what a machine that fails loses, the other replicas have. Not thread-safe; blocks.
final class SweepFile {
    private static final Logger log = LoggerFactory.getLogger(SweepFile.class);
    private static final int VERSION = 1;

    private final Path file;

    SweepFile(Path file) {
        this.file = file;
    }

    /// What is there. A file that cannot be read counts as empty: the sweep begins anew where no other replica knows more.
    List<SweepCursor> load() {
        try {
            JsonObject content = new JsonObject(Buffer.buffer(Files.readAllBytes(file)));
            if (content.getInteger("version", 0) != VERSION) {
                throw new IllegalArgumentException(
                        "version " + content.getInteger("version") + " (expected: " + VERSION + ")");
            }
            return SweepCursors.read(content.getJsonArray("cursors", new JsonArray()));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | DecodeException | IllegalArgumentException | ClassCastException e) {
            log.warn("backfill.cursors_unreadable file={} error=\"{}\" (the sweep begins anew)", file, e.getMessage());
            return List.of();
        }
    }

    /// Replaces what is there; its folder must exist.
    void save(List<SweepCursor> cursors) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.write(next, new JsonObject().put("version", VERSION).put("cursors", SweepCursors.write(cursors))
                .toBuffer().getBytes());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
