package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.gateway.stream.log.RecordForm.Damaged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One epoch of a log, in memory and on disk. Thread-safe for readers.
///
/// @param epoch its name
/// @param memory the newest entries; its tip is that of the epoch
/// @param disk all that are kept; null when the log is in memory only
record Life(String epoch, MemoryTier memory, @Nullable DiskTier disk) {

    Extent extent() {
        // the floor is read first: it is never past the tip that is read after it
        long floor = floor();
        return new Extent(epoch, floor, memory.tip());
    }

    private long floor() {
        return disk == null ? memory.floor() : Math.min(memory.floor(), disk.floor());
    }

    /// What is behind a number, from memory.
    Read read(long after, int maxEntries, int maxBytes) {
        Optional<Read> found = memory.read(after, maxEntries, maxBytes);
        if (found.isPresent()) {
            return found.get();
        }
        return disk != null && after + 1 >= disk.floor() ? new Read.Stored() : new Read.Lost(Loss.TOO_OLD);
    }

    /// What is behind a number, wherever it is; blocks.
    ///
    /// @param damaged told of the epoch and of what was found when an entry that must be there is not
    /// @throws UncheckedIOException when the disk could not be read, which says nothing about what is on it
    Read readStored(long after, int maxEntries, int maxBytes, BiConsumer<String, IOException> damaged) {
        Read found = read(after, maxEntries, maxBytes);
        if (disk == null || !(found instanceof Read.Stored)) {
            return found;
        }
        try {
            List<Entry> entries = disk.read(after + 1, memory.tip(), maxEntries, maxBytes);
            return new Read.Entries(entries);
        } catch (IOException e) {
            if (after + 1 < disk.floor()) {
                return new Read.Lost(Loss.TOO_OLD);
            }
            if (!(e instanceof Damaged || e instanceof NoSuchFileException)) {
                throw new UncheckedIOException(e);
            }
            damaged.accept(epoch, e);
            return new Read.Lost(Loss.OTHER_EPOCH);
        }
    }
}
