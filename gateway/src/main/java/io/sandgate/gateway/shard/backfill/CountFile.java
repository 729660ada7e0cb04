package io.sandgate.gateway.shard.backfill;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The counts on disk: a header with a mark, a version and how many entries follow, the entries, a CRC-32C of all that; all
/// numbers with the high byte first.
///
/// A file is replaced whole or not at all. One that is not what it says is set aside, and all counts begin cold.
final class CountFile {
    private static final Logger log = LoggerFactory.getLogger(CountFile.class);
    private static final String NAME = "guild-counts";
    /// "SGGC".
    private static final int MARK = 0x53474743;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 12;
    private static final int ENTRY_BYTES = 12;
    private static final int CHECKSUM_BYTES = 8;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;

    CountFile(Path dataDirectory) {
        file = dataDirectory.resolve(NAME);
    }

    /// Gives all entries of the file, or none when there is no good one.
    void load(CountTable.Entries entries) {
        try {
            check();
            read(entries);
        } catch (NoSuchFileException e) {
            log.info("backfill.counts_none file={} (all guilds are asked for)", file);
        } catch (IOException e) {
            log.warn(
                    "backfill.counts_unreadable file={} cause=\"{}\" kept=\"{}\" (all guilds are asked for again; check the "
                            + "disk)",
                    file, e, setAside());
        }
    }

    /// Writes all entries of some tables, which nobody changes any more.
    void save(List<CountTable> tables) throws IOException {
        Path temporary = file.resolveSibling(NAME + ".tmp");
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            var checked = new CheckedOutputStream(
                    new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES), new CRC32C());
            var out = new DataOutputStream(checked);
            out.writeInt(MARK);
            out.writeInt(VERSION);
            out.writeInt(tables.stream().mapToInt(CountTable::size).sum());
            for (CountTable table : tables) {
                write(table, out);
            }
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // The rename itself is on disk only when the directory is.
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static void write(CountTable table, DataOutputStream out) throws IOException {
        long[] guilds = new long[table.size()];
        int[] counts = new int[table.size()];
        int[] filled = new int[1];
        table.each((guild, count) -> {
            guilds[filled[0]] = guild;
            counts[filled[0]++] = count;
        });
        for (int entry = 0; entry < guilds.length; entry++) {
            out.writeLong(guilds[entry]);
            out.writeInt(counts[entry]);
        }
    }

    /// Reads it once for the sum alone: nothing of a broken file is taken.
    private void check() throws IOException {
        try (var checked = checked(); var in = new DataInputStream(checked)) {
            int entries = header(in);
            in.skipNBytes((long) entries * ENTRY_BYTES);
            long sum = checked.getChecksum().getValue();
            long written = in.readLong();
            if (sum != written) {
                throw new IOException("checksum: " + sum + " (expected: " + written + ")");
            }
        }
    }

    private void read(CountTable.Entries entries) throws IOException {
        try (var in = new DataInputStream(checked())) {
            for (int left = header(in); left > 0; left--) {
                entries.take(in.readLong(), in.readInt());
            }
        }
    }

    private int header(DataInputStream in) throws IOException {
        int mark = in.readInt();
        int version = in.readInt();
        int entries = in.readInt();
        if (mark != MARK || version != VERSION) {
            throw new IOException("mark " + Integer.toHexString(mark) + ", version " + version + " (expected: mark "
                    + Integer.toHexString(MARK) + ", version " + VERSION + ")");
        }
        long bytes = HEADER_BYTES + (long) entries * ENTRY_BYTES + CHECKSUM_BYTES;
        if (entries < 0 || Files.size(file) != bytes) {
            throw new IOException(Files.size(file) + " bytes (expected: " + bytes + " for " + entries + " entries)");
        }
        return entries;
    }

    private CheckedInputStream checked() throws IOException {
        return new CheckedInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES), new CRC32C());
    }

    /// Where the file is now.
    private Path setAside() {
        Path aside = file.resolveSibling(NAME + ".broken");
        try {
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return aside;
        } catch (IOException _) {
            // It stays where it is until the next save replaces it; the warning says so.
            return file;
        }
    }
}
