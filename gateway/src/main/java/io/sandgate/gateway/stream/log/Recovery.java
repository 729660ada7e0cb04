package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.log.RecordForm.Damaged;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// Reads what an earlier run left of an epoch: the checkpoint, and the entries behind it.
///
/// An entry that was not written to its end is the last one, and was never seen: it is cut off. Anything else that is not as
/// it was written is [Damaged], and the epoch is lost.
final class Recovery {
    private final Path directory;
    private final EventLogSettings settings;
    private final String replica;
    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final Map<String, Cursor> heard = new HashMap<>();
    private final Fold fold;
    private long tip;

    /// What was left.
    ///
    /// @param disk to go on with
    /// @param checkpoint of all entries in it
    record Recovered(DiskTier disk, Checkpoint checkpoint) {}

    private Recovery(Path directory, EventLogSettings settings, String replica) {
        this.directory = directory;
        this.settings = settings;
        this.replica = replica;
        this.fold = new Fold(settings.subjects());
    }

    /// Reads it.
    ///
    /// @param directory of the epoch
    /// @param replica the id of this one
    static Recovered recover(Path directory, EventLogSettings settings, String replica) throws IOException {
        return new Recovery(directory, settings, replica).run();
    }

    private Recovered run() throws IOException {
        Checkpoint checkpoint = Checkpoint.load(DiskTier.checkpointFile(directory))
                .orElseThrow(() -> new Damaged("no checkpoint"));
        fold.applyAll(checkpoint.state());
        heard.putAll(checkpoint.heard());
        tip = checkpoint.tip();
        list();
        for (Segment segment : segments.values()) {
            Long next = segments.higherKey(segment.first());
            if (next == null || next - 1 > checkpoint.tip()) {
                scan(segment, next, checkpoint.tip());
            }
        }
        return new Recovered(new DiskTier(directory, settings, segments, tip),
                new Checkpoint(tip, fold.entries(), Map.copyOf(heard)));
    }

    private void list() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + DiskTier.SUFFIX)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                long first = Long.parseLong(name.substring(0, name.length() - DiskTier.SUFFIX.length()));
                segments.put(first, new Segment(directory, first, Files.size(file)));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NumberFormatException e) {
            throw new Damaged("a segment without a number: " + e.getMessage());
        }
    }

    private void scan(Segment segment, @Nullable Long next, long covered) throws IOException {
        if (segment.first() > tip + 1) {
            throw new Damaged("nothing between " + tip + " and " + segment.first());
        }
        long seq = segment.first();
        try (RecordInput input = new RecordInput(segment.file(), 0)) {
            while (input.hasNext()) {
                segment.note(seq, input.offset());
                Entry entry = Segment.next(input, seq);
                if (seq > covered) {
                    apply(entry);
                }
                seq++;
            }
            if (next == null) {
                cut(segment, input.offset());
            }
        }
        if (next == null ? seq <= covered : seq != next) {
            throw new Damaged("segment " + segment.first() + " ends before " + seq);
        }
        tip = seq - 1;
    }

    private void apply(Entry entry) {
        fold.apply(entry);
        if (!entry.origin().replica().equals(replica)) {
            heard.put(entry.origin().replica(), entry.origin().cursor());
        }
    }

    private static void cut(Segment segment, long length) throws IOException {
        if (segment.size() > length) {
            try (FileChannel channel = FileChannel.open(segment.file(), StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }
            segment.grow(length);
        }
    }
}
