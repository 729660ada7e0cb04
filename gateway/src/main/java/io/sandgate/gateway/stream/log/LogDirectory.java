package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.log.Recovery.Recovered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

    /// Begins another epoch, without entries.
    ///
    /// @param before what is known from the epochs before; its number is 0
    DiskTier begin(String epoch, Checkpoint before) throws IOException {
        Path into = directory.resolve(epoch);
        Files.createDirectories(into);
        before.save(DiskTier.checkpointFile(into));
        LifeFile.force(into);
        life.save(new LifeFile.Life(epoch, bootId.get(), -1));
        return new DiskTier(into, settings, new ConcurrentSkipListMap<>(), 0);
    }

    /// Notes that all is on the disk.
    void closed(String epoch, long tip) throws IOException {
        life.save(new LifeFile.Life(epoch, bootId.get(), tip));
    }

    /// Makes sure that a later start does not go on in the epoch that is on the disk.
    void forget() throws IOException {
        life.forget();
    }

    /// Deletes what is left of other epochs, as far as that works: it only takes room.
    void keepOnly(String epoch) {
        List<Path> left = new ArrayList<>();
        for (Path child : children(directory)) {
            if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS) && !child.endsWith(epoch)) {
                children(child).forEach(file -> delete(file, left));
                delete(child, left);
            }
        }
        if (!left.isEmpty()) {
            log.warn("events.left_over count={} first={} (cannot be deleted; what is left of other epochs takes room)",
                    left.size(), left.getFirst());
        }
    }

    private static List<Path> children(Path parent) {
        try (Stream<Path> children = Files.list(parent)) {
            return children.toList();
        } catch (IOException | UncheckedIOException e) {
            log.warn("events.left_over directory={} error=\"{}\" (cannot be listed)", parent, e.toString());
            return List.of();
        }
    }

    private static void delete(Path file, List<Path> left) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.debug("events.left_over file={} error=\"{}\"", file, e.toString());
            left.add(file);
        }
    }
}
