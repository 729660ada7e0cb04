package io.sandgate.gateway.shard.sink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that whole lines are added to, whatever happened to it before: another end than that of a line, which a process left
/// that was killed, gets one; a file that was moved away or deleted is made anew.
///
/// What is written survives the process, not the machine: it is not forced to the disk.
final class LineFile implements LineTarget {
    private static final Logger log = LoggerFactory.getLogger(LineFile.class);
    private static final byte[] LINE_END = {'\n'};

    /// Opens a file to add to, which is made when it is not there.
    @FunctionalInterface
    interface Opener {
        SeekableByteChannel open(Path file) throws IOException;
    }

    private final Path file;
    private final Opener opener;
    private @Nullable SeekableByteChannel channel;
    /// Which file the channel is of.
    private @Nullable Object key;
    private boolean endsWithinLine;
    /// Where a part of a line begins that must be cut off; -1 when there is none.
    private long torn = -1;

    LineFile(Path file, Opener opener) {
        this.file = file;
        this.opener = opener;
    }

    static SeekableByteChannel openToAppend(Path file) throws IOException {
        return Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// Opens it if it is not open, or another one by now.
    ///
    /// @throws IOException when it cannot be written to
    SeekableByteChannel open() throws IOException {
        SeekableByteChannel present = channel;
        if (present != null && present.isOpen() && Objects.equals(key, presentKey())) {
            return present;
        }
        close();
        SeekableByteChannel opened = opener.open(file);
        channel = opened;
        key = presentKey();
        torn = -1;
        endsWithinLine = opened.size() > 0 && !endsWithLineEnd(opened.size());
        return opened;
    }

    @Override
    public void take(ByteBuffer lines) throws NotTakenException {
        try {
            append(lines);
        } catch (IOException e) {
            throw new NotTakenException(file + ": " + reason(e), Duration.ZERO);
        }
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            log.warn("sink.close file={} cause={}", file, reason(e));
        }
        channel = null;
    }

    private void append(ByteBuffer lines) throws IOException {
        SeekableByteChannel to = open();
        cutTorn(to);
        long before = to.size();
        try {
            if (endsWithinLine) {
                writeAll(to, ByteBuffer.wrap(LINE_END));
            }
            writeAll(to, lines);
            endsWithinLine = false;
        } catch (IOException e) {
            torn = before;
            throw cutTornAfter(e, to);
        }
    }

    /// Cuts at once, for those who read the file meanwhile; what cannot be cut now is before the next lines.
    private IOException cutTornAfter(IOException failure, SeekableByteChannel to) {
        try {
            cutTorn(to);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private void cutTorn(SeekableByteChannel to) throws IOException {
        if (torn >= 0) {
            to.truncate(torn);
            torn = -1;
        }
    }

    private static void writeAll(SeekableByteChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private boolean endsWithLineEnd(long size) throws IOException {
        try (SeekableByteChannel reader = Files.newByteChannel(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return reader.position(size - 1).read(last) < 1 || last.get(0) == '\n';
        }
    }

    private @Nullable Object presentKey() throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
