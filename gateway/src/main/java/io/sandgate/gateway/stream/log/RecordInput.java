package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.log.RecordForm.Damaged;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads the records of one segment in order, some ahead. Not thread-safe; blocks.
///
/// It is no channel, which an interrupt would close.
final class RecordInput implements AutoCloseable {
    private static final int AHEAD = 64 << 10;

    private final RandomAccessFile file;
    private byte[] buffer = new byte[AHEAD];
    private int position;
    private int limit;
    private long offset;

    /// @param offset of the first record to read
    /// @throws NoSuchFileException when it is not there
    RecordInput(Path path, long offset) throws IOException {
        this.file = open(path);
        this.offset = offset;
        file.seek(offset);
    }

    private static RandomAccessFile open(Path path) throws IOException {
        try {
            return new RandomAccessFile(path.toFile(), "r");
        } catch (FileNotFoundException e) {
            // thrown for any file that cannot be opened, also when there are too many open ones
            if (Files.notExists(path)) {
                throw new NoSuchFileException(path.toString());
            }
            throw e;
        }
    }

    /// Where the next record begins.
    long offset() {
        return offset;
    }

    /// Whether a whole record follows. What is left of one that was not written to its end does not count.
    boolean hasNext() throws IOException {
        return fill(RecordForm.HEADER) && fill(RecordForm.HEADER + length());
    }

    /// The next record.
    Entry next() throws IOException {
        int length = whole();
        ByteBuffer payload = ByteBuffer.wrap(buffer, position + RecordForm.HEADER, length);
        if (RecordForm.checksum(length, payload) != number(4)) {
            throw new Damaged("checksum of the record at " + offset);
        }
        Entry entry = RecordForm.read(buffer, position + RecordForm.HEADER, length);
        advance(length);
        return entry;
    }

    /// Leaves the next record out, unread.
    void skip() throws IOException {
        advance(whole());
    }

    private int whole() throws IOException {
        if (!hasNext()) {
            throw new Damaged("no whole record at " + offset);
        }
        return length();
    }

    private void advance(int length) {
        position += RecordForm.HEADER + length;
        offset += RecordForm.HEADER + length;
    }

    private int length() throws Damaged {
        int length = number(0);
        if (length <= 0 || length > RecordForm.MAX_LENGTH) {
            throw new Damaged("length " + length + " of the record at " + offset);
        }
        return length;
    }

    private int number(int at) {
        return ByteBuffer.wrap(buffer, position + at, 4).getInt();
    }

    private boolean fill(int wanted) throws IOException {
        if (limit - position >= wanted) {
            return true;
        }
        if (wanted > file.length() - offset) {
            return false;
        }
        byte[] into = wanted > buffer.length ? new byte[wanted] : buffer;
        System.arraycopy(buffer, position, into, 0, limit - position);
        limit -= position;
        position = 0;
        buffer = into;
        while (limit < wanted) {
            int read = file.read(buffer, limit, buffer.length - limit);
            if (read < 0) {
                return false;
            }
            limit += read;
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
