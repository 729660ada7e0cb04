package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.log.Recovery.Recovered;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The directory of a log: the file that says in which epoch it is, and a directory of each epoch, of which all but one are
/// on their way out. For one thread; blocks.
final class LogDirectory {
    private static final Logger log = LoggerFactory.getLogger(LogDirectory.class);

    private final Path directory;
    private final LifeFile life;
    private final EventLogSettings settings;
    private final Supplier<String> bootId;
    private final String replica;

    LogDirectory(Path directory, EventLogSettings settings, Supplier<String> bootId, String replica) {
        this.directory = directory;
        this.life = new LifeFile(directory);
        this.settings = settings;
        this.bootId = bootId;
        this.replica = replica;
    }

    /// What goes on in the epoch that it was in.
    ///
    /// @param epoch which
    /// @param recovered what was in it
    record Resumed(String epoch, Recovered recovered) {}

    /// Goes on where an earlier run ended; empty when there was none, or some of what it wrote may be missing.
    Optional<Resumed> resume() {
        Optional<LifeFile.Life> before = life.load();
        if (before.isEmpty()) {
            return Optional.empty();
        }
        LifeFile.Life was = before.get();
        if (!was.trusted(bootId.get())) {
            log.warn(
                    "events.epoch_lost epoch={} (the machine stopped while the event log was open; it begins another epoch)",
                    was.epoch());
            return Optional.empty();
        }
        try {
            Recovered recovered = Recovery.recover(directory.resolve(was.epoch()), settings, replica);
            long tip = recovered.checkpoint().tip();
            if (was.closed() >= 0 && was.closed() != tip) {
                recovered.disk().close();
                throw new IOException("it ends at " + tip + " (expected: " + was.closed() + ")");
            }
            life.save(new LifeFile.Life(was.epoch(), bootId.get(), -1));
            return Optional.of(new Resumed(was.epoch(), recovered));
        } catch (IOException e) {
            log.warn("events.epoch_lost epoch={} directory={} error=\"{}\" (it begins another epoch)", was.epoch(),
                    directory, e.getMessage());
            return Optional.empty();
        }
    }

    /// Begins another epoch, without entries; what is left of others is deleted.
    ///
    /// @param before what is known from the epochs before; its number is 0
    DiskTier begin(String epoch, Checkpoint before) throws IOException {
        Path into = directory.resolve(epoch);
        Files.createDirectories(into);
        before.save(DiskTier.checkpointFile(into));
        LifeFile.force(into);
        life.save(new LifeFile.Life(epoch, bootId.get(), -1));
        deleteOthers(epoch);
        return new DiskTier(into, settings, new ConcurrentSkipListMap<>(), 0);
    }

    /// Notes that all is on the disk.
    void closed(String epoch, long tip) throws IOException {
        life.save(new LifeFile.Life(epoch, bootId.get(), tip));
    }

    /// Makes sure that a later start does not go on in the epoch that is on the disk.
    void forget() {
        try {
            life.forget();
        } catch (IOException e) {
            log.warn("events.forget_failed directory={} error=\"{}\" (delete it before the next start)", directory,
                    e.getMessage());
        }
    }

    private void deleteOthers(String epoch) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                if (Files.isDirectory(child) && !child.endsWith(epoch)) {
                    delete(child);
                }
            }
        }
    }

    private static void delete(Path old) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(old)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(old);
    }
}
