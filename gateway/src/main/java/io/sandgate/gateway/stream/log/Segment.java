package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.log.RecordForm.Damaged;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// One file of the log: the entries from a number on, without a hole. Thread-safe; one thread writes.
///
/// It knows where every 64th entry begins as far as somebody has passed there, so that a reader who comes back for the next
/// batch steps over a few records at most.
final class Segment {
    private static final int STEP = 64;

    /// Where an entry begins.
    ///
    /// @param seq its number
    /// @param offset of its first byte
    record Place(long seq, long offset) {}

    private final Path file;
    private final long first;
    private long[] offsets = new long[16];
    private int known = 1;
    private volatile long size;

    /// @param first the number of the first entry
    /// @param size in bytes
    Segment(Path directory, long first, long size) {
        this.file = directory.resolve("%020d%s".formatted(first, DiskTier.SUFFIX));
        this.first = first;
        this.size = size;
    }

    Path file() {
        return file;
    }

    long first() {
        return first;
    }

    long size() {
        return size;
    }

    /// Sets how much of it is written.
    void grow(long bytes) {
        size = bytes;
    }

    /// Notes where an entry begins.
    synchronized void note(long seq, long offset) {
        if ((seq - first) % STEP == 0 && (seq - first) / STEP == known) {
            if (known == offsets.length) {
                offsets = Arrays.copyOf(offsets, known * 2);
            }
            offsets[known] = offset;
            known++;
        }
    }

    private synchronized Place nearest(long seq) {
        int index = (int) Math.min((seq - first) / STEP, known - 1L);
        return new Place(first + (long) index * STEP, offsets[index]);
    }

    /// The entries from a number on; at least one. Blocks.
    ///
    /// @param to the last one that may be read, which must be there
    List<Entry> read(long from, long to, int maxEntries, int maxBytes) throws IOException {
        Place place = nearest(from);
        List<Entry> found = new ArrayList<>();
        long bytes = 0;
        try (RecordInput input = new RecordInput(file, place.offset())) {
            for (long seq = place.seq(); seq <= to && found.size() < maxEntries; seq++) {
                note(seq, input.offset());
                if (seq < from) {
                    input.skip();
                    continue;
                }
                Entry entry = next(input, seq);
                bytes += entry.json().length();
                if (bytes > maxBytes && !found.isEmpty()) {
                    break;
                }
                found.add(entry);
            }
        } catch (Damaged e) {
            // what is before the damage can still be read
            if (found.isEmpty()) {
                throw e;
            }
        }
        return Collections.unmodifiableList(found);
    }

    /// Reads the next record and checks that it is the one of this number.
    static Entry next(RecordInput input, long seq) throws IOException {
        Entry entry = input.next();
        if (entry.seq() != seq) {
            throw new Damaged("entry " + entry.seq() + " in the place of " + seq);
        }
        return entry;
    }
}
