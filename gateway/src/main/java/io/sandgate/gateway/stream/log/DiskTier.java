package io.sandgate.gateway.stream.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sandgate.gateway.stream.event.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The entries of one epoch on disk, in segments; bounded by bytes. One thread appends, any number read.
///
/// What is too old is deleted by whole segments: the floor moves first, then the segment leaves the list, then the file goes.
/// A reader that was on its way to it finds no file, looks at the floor again and says that it is too old.
final class DiskTier implements AutoCloseable {
    static final String SUFFIX = ".events";

    private final Path directory;
    private final EventLogSettings settings;
    private final ConcurrentSkipListMap<Long, Segment> segments;
    private final Janitor janitor;
    private final ByteBuf buffer = Unpooled.buffer(1 << 16);
    private @Nullable FileChannel channel;
    private long next;
    private volatile long floor;

    /// @param segments that are there, with the one to go on with as the last
    /// @param tip the number of the last entry in them
    DiskTier(Path directory, EventLogSettings settings, ConcurrentSkipListMap<Long, Segment> segments, long tip) {
        this.directory = directory;
        this.settings = settings;
        this.segments = segments;
        this.janitor = new Janitor();
        this.next = tip + 1;
        this.floor = segments.isEmpty() ? next : segments.firstKey();
    }

    /// Whether the next entries should begin another segment.
    boolean full() {
        Map.Entry<Long, Segment> last = segments.lastEntry();
        return last != null && last.getValue().size() >= settings.segmentBytes();
    }

    /// Writes the next entries by one call; when it returns they outlive the process.
    ///
    /// @throws IOException also when what goes on beside has failed
    void append(List<Entry> entries) throws IOException {
        janitor.check();
        Map.Entry<Long, Segment> last = segments.lastEntry();
        Segment segment = channel == null || last == null ? begin() : last.getValue();
        FileChannel out = channel;
        if (out == null) {
            throw new IOException("segment " + segment.file().getFileName() + " is closed");
        }
        buffer.clear();
        for (Entry entry : entries) {
            if (entry.seq() != next) {
                throw new IllegalArgumentException("seq: " + entry.seq() + " (expected: " + next + ")");
            }
            segment.note(next, segment.size() + buffer.writerIndex());
            RecordForm.write(buffer, entry);
            next++;
        }
        ByteBuffer left = buffer.nioBuffer();
        while (left.hasRemaining()) {
            out.write(left);
        }
        segment.grow(segment.size() + buffer.writerIndex());
        if (buffer.capacity() > 4 << 20) {
            buffer.capacity(1 << 16);
        }
    }

    private Segment begin() throws IOException {
        Map.Entry<Long, Segment> last = segments.lastEntry();
        if (last != null && !full()) {
            channel = FileChannel.open(last.getValue().file(), StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            return last.getValue();
        }
        Segment segment = new Segment(directory, next, 0);
        channel = FileChannel.open(segment.file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        segments.put(next, segment);
        return segment;
    }

    /// Closes the segment; the next entries begin another one. What is too old for the bound is deleted later.
    ///
    /// @param checkpoint of all entries so far
    void roll(Checkpoint checkpoint) throws IOException {
        janitor.await();
        FileChannel done = channel;
        channel = null;
        janitor.run(() -> {
            if (done != null) {
                try (done) {
                    done.force(true);
                }
            }
            checkpoint.save(checkpointFile(directory));
            deleteOld(checkpoint.tip());
        });
    }

    private void deleteOld(long covered) throws IOException {
        // room for the one that is closed while the next one is written, and for batches over the size of a segment
        long budget = settings.diskBytes() - 3 * settings.segmentBytes();
        while (closedBytes(covered) > budget) {
            Map.Entry<Long, Segment> oldest = segments.firstEntry();
            Long second = oldest == null ? null : segments.higherKey(oldest.getKey());
            if (oldest == null || oldest.getKey() > covered) {
                return;
            }
            floor = second == null ? covered + 1 : second;
            segments.remove(oldest.getKey());
            Files.deleteIfExists(oldest.getValue().file());
        }
    }

    private long closedBytes(long covered) {
        long sum = 0;
        for (Segment segment : segments.headMap(covered, true).values()) {
            sum += segment.size();
        }
        return sum;
    }

    /// The entries from a number on, of one segment; at least one. Blocks.
    ///
    /// @param to the last entry that may be read, which was appended
    /// @throws NoSuchFileException when it was deleted meanwhile, or another process did it
    List<Entry> read(long from, long to, int maxEntries, int maxBytes) throws IOException {
        Map.Entry<Long, Segment> at = segments.floorEntry(from);
        if (at == null) {
            throw new NoSuchFileException("segment of " + from);
        }
        Long after = segments.higherKey(at.getKey());
        long last = after == null ? to : Math.min(to, after - 1);
        return at.getValue().read(from, last, Math.max(1, maxEntries), maxBytes);
    }

    /// The lowest number that can be read; one more than the last one when nothing can.
    long floor() {
        return floor;
    }

    /// What all segments take.
    long bytes() {
        long sum = 0;
        for (Segment segment : segments.values()) {
            sum += segment.size();
        }
        return sum;
    }

    /// Where the checkpoint of a directory is.
    static Path checkpointFile(Path directory) {
        return directory.resolve("checkpoint");
    }

    /// Forces all to the disk.
    void force(Checkpoint checkpoint) throws IOException {
        roll(checkpoint);
        janitor.await();
        LifeFile.force(directory);
    }

    /// Ends it without another word to the disk.
    @Override
    public void close() throws IOException {
        janitor.close();
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
