package io.sandgate.membership;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The number of a replica's present life, kept in its data directory so that each start gets a larger one.
///
/// The next incarnation is the larger of the last one plus one and the seconds since 1970. The second keeps it growing
/// when the file is lost or broken: a replica would have to start more than once a second over its lifetime to be ahead of
/// the clock. The file is on disk, whole, before the number is used.
public final class Incarnation {
    private static final Logger log = LoggerFactory.getLogger(Incarnation.class);
    private static final String FILE = "incarnation";
    private static final int LONGEST = 64;
    /// A whole file ends with a line feed; one that was cut off does not.
    private static final Pattern CONTENT = Pattern.compile("([0-9]{1,18})\n");

    private Incarnation() {}

    /// Takes the next incarnation and writes it down.
    ///
    /// @param dataDirectory exists, and is used by no other replica
    /// @throws MembershipException when the file cannot be read or written
    public static long next(Path dataDirectory, InstantSource clock) {
        Path file = dataDirectory.resolve(FILE);
        long now = Math.max(0, clock.instant().getEpochSecond());
        try {
            long next = Math.max(last(file, now) + 1, now);
            write(file, next);
            return next;
        } catch (IOException e) {
            throw new MembershipException("sandgate.data.dir: " + dataDirectory + ": " + e
                    + " (make the directory readable and writable for this user)", e);
        }
    }

    private static long last(Path file, long now) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LONGEST);
        } catch (NoSuchFileException e) {
            return 0;
        }
        String text = new String(bytes, StandardCharsets.US_ASCII);
        var matcher = CONTENT.matcher(text);
        if (matcher.matches()) {
            return Long.parseLong(matcher.group(1));
        }
        log.warn("incarnation.unreadable file={} content=\"{}\" (expected: a number and a line feed; going on from {}, "
                + "check the disk)", file, Printable.of(text), now);
        return 0;
    }

    private static void write(Path file, long incarnation) throws IOException {
        Path temporary = file.resolveSibling(FILE + ".tmp");
        byte[] bytes = (incarnation + "\n").getBytes(StandardCharsets.US_ASCII);
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // The rename itself is on disk only when the directory is.
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
