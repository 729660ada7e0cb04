package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// A large file that is nearly nothing but holes and does not change, to be copied often: its few parts that hold more than
/// zeros are looked up once. Thread-safe.
public final class SparseFile {

    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int PAGE = 4096;

    private final Path file;
    private final long size;
    private final List<Extent> extents;

    /// A part that holds data.
    private record Extent(long start, long length) {}

    private SparseFile(Path file, long size, List<Extent> extents) {
        this.file = file;
        this.size = size;
        this.extents = List.copyOf(extents);
    }

    /// Finds out where a file holds data.
    public static SparseFile of(Path file) throws IOException {
        List<Extent> extents = new ArrayList<>();
        long size = Files.size(file);
        try (Descriptor descriptor = Descriptor.open(file.toString(), 0, OpenFlag.RDONLY)) {
            long end = 0;
            for (long start = data(descriptor, end, size); start < size; start = data(descriptor, end, size)) {
                end = descriptor.seek(start, SEEK_HOLE);
                addPages(descriptor, start, end, extents);
            }
        }
        return new SparseFile(file, size, extents);
    }

    private static long data(Descriptor file, long from, long size) throws IOException {
        try {
            return file.seek(from, SEEK_DATA);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENXIO) {
                return size;
            }
            throw e;
        }
    }

    /// Adds the pages of a part that are not all zero, those beside each other as one.
    private static void addPages(Descriptor file, long start, long end, List<Extent> extents) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(PAGE);
        long begin = -1;
        for (long place = start; place < end; place += PAGE) {
            fill(page.clear().limit((int) Math.min(PAGE, end - place)), file, place);
            boolean zero = isZero(page.flip());
            if (zero && begin >= 0) {
                extents.add(new Extent(begin, place - begin));
                begin = -1;
            } else if (!zero && begin < 0) {
                begin = place;
            }
        }
        if (begin >= 0) {
            extents.add(new Extent(begin, end - begin));
        }
    }

    private static void fill(ByteBuffer page, Descriptor file, long place) throws IOException {
        while (page.hasRemaining()) {
            if (file.read(page, place + page.position()) < 0) {
                throw new IOException("the file has become shorter");
            }
        }
    }

    private static boolean isZero(ByteBuffer bytes) {
        return bytes.mismatch(ByteBuffer.allocate(bytes.remaining())) < 0;
    }

    /// Copies it to a file that is not there yet, with its holes.
    ///
    /// @throws IOException when that failed; what was made of it is deleted
    public void copyTo(Path to) throws IOException {
        try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel target = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            try {
                for (Extent extent : extents) {
                    copy(source, target, extent);
                }
                if (target.size() < size) {
                    // what lies before it and was never written is a hole
                    target.write(ByteBuffer.allocate(1), size - 1);
                }
            } catch (IOException e) {
                Files.delete(to);
                throw e;
            }
        }
    }

    private static void copy(FileChannel source, FileChannel target, Extent extent) throws IOException {
        long done = 0;
        target.position(extent.start());
        while (done < extent.length()) {
            long moved = source.transferTo(extent.start() + done, extent.length() - done, target);
            if (moved == 0) {
                throw new IOException("the file has become shorter");
            }
            done += moved;
        }
    }
}
