package io.sandgate.gateway.stream.log;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says which epoch a directory is in, and whether what is there can be trusted: one JSON file, replaced as a whole and
/// forced to the disk. Not thread-safe; blocks.
final class LifeFile {
    private static final Logger log = LoggerFactory.getLogger(LifeFile.class);
    private static final int VERSION = 1;

    /// What it says.
    ///
    /// @param epoch of the log
    /// @param boot the id of the machine's run in which it was written last, empty when it is not known: what a process wrote outlives the process, but
    ///     not the machine
    /// @param closed the tip when all was forced to the disk and the log closed; negative while it is open
    record Life(String epoch, String boot, long closed) {

        /// Whether what was written in it is still there.
        boolean trusted(String bootNow) {
            return closed >= 0 || (!boot.isEmpty() && boot.equals(bootNow));
        }
    }

    private final Path directory;
    private final Path file;

    LifeFile(Path directory) {
        this.directory = directory;
        this.file = directory.resolve("life.json");
    }

    /// What is there; empty when there is nothing that can be read.
    Optional<Life> load() {
        try {
            JsonObject content = new JsonObject(Buffer.buffer(Files.readAllBytes(file)));
            String epoch = content.getString("epoch");
            String boot = content.getString("boot");
            if (content.getInteger("version", 0) != VERSION || epoch == null || boot == null) {
                throw new IllegalArgumentException("version " + content.getInteger("version") + " (expected: " + VERSION
                        + ", an epoch and a boot)");
            }
            return Optional.of(new Life(epoch, boot, content.getLong("closed", -1L)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | DecodeException | IllegalArgumentException | ClassCastException e) {
            log.warn("events.life_unreadable file={} error=\"{}\" (the event log begins another epoch)", file,
                    e.getMessage());
            return Optional.empty();
        }
    }

    /// Replaces what is there.
    void save(Life life) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        byte[] content = new JsonObject().put("version", VERSION).put("epoch", life.epoch()).put("boot", life.boot())
                .put("closed", life.closed()).toBuffer().getBytes();
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(directory);
    }

    /// Makes sure that no later start goes on in the epoch that is written there.
    void forget() throws IOException {
        Files.deleteIfExists(file);
        force(directory);
    }

    /// Forces the names in a directory to the disk.
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
