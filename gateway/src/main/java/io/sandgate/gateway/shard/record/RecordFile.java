package io.sandgate.gateway.shard.record;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a replica keeps its session records over a restart: one JSON file, replaced as a whole.
///
/// It is not forced to the disk: what a machine that fails loses, the copies on other replicas have, and what is stale is
/// replayed. Not thread-safe; blocks.
public final class RecordFile {
    private static final Logger log = LoggerFactory.getLogger(RecordFile.class);
    private static final int VERSION = 1;

    private final Path file;
    private final String bot;

    /// @param bot whose sessions these are, in a form that gives nothing away: those of another one are not read
    public RecordFile(Path file, String bot) {
        this.file = file;
        this.bot = bot;
    }

    /// What is kept.
    ///
    /// @param plan which shards there are, in the form of those who keep it; empty when it is not known
    /// @param records of sessions
    public record Kept(JsonObject plan, List<SessionRecord> records) {
        static final Kept NOTHING = new Kept(new JsonObject(), List.of());
    }

    /// What is there. A file that cannot be read is left as it is and counts as empty: its shards IDENTIFY.
    public Kept load() {
        try {
            JsonObject content = new JsonObject(Buffer.buffer(Files.readAllBytes(file)));
            if (content.getInteger("version", 0) != VERSION) {
                throw new IllegalArgumentException(
                        "version " + content.getInteger("version") + " (expected: " + VERSION + ")");
            }
            if (!bot.equals(content.getString("bot"))) {
                log.info("shards.records_of_another file={} (they are left out)", file);
                return Kept.NOTHING;
            }
            return new Kept(content.getJsonObject("plan", new JsonObject()),
                    RecordJson.read(content.getJsonArray("records", new JsonArray())));
        } catch (NoSuchFileException e) {
            return Kept.NOTHING;
        } catch (IOException | DecodeException | IllegalArgumentException | ClassCastException e) {
            log.warn("shards.records_unreadable file={} error=\"{}\" (the shards of this replica ask for new sessions)",
                    file,
                    e.getMessage());
            return Kept.NOTHING;
        }
    }

    /// Replaces what is there.
    public void save(Kept kept) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        // a session id with the token is all that somebody needs to take a shard over
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(next, new JsonObject().put("version", VERSION).put("bot", bot).put("plan", kept.plan())
                .put("records", RecordJson.write(kept.records())).toBuffer()
                .getBytes());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
