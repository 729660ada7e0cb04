package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

/// What the kernel knows of a file (statx).
///
/// @param mode its kind and permission bits
/// @param user of this machine
/// @param group of this machine
/// @param allocated the bytes of the machine's disk that it takes
/// @param mountPoint whether something is mounted there, so that it is the root of that
public record FileStatus(int mode, int user, int group, long size, long allocated, Instant modified, long inode,
        long device,
        boolean mountPoint) {

    private static final int SIZE = 256;
    private static final int SECTOR = 512;
    private static final int BASIC_STATS = 0x7ff;
    private static final int NO_AUTOMOUNT = 0x800;
    private static final long MOUNT_ROOT = 0x2000;
    private static final int KIND = 0xf000;
    private static final int PERMISSIONS = 0xfff;

    /// Whether it is a regular file.
    public boolean isRegular() {
        return kind() == 0x8000;
    }

    /// Whether it is a directory.
    public boolean isDirectory() {
        return kind() == 0x4000;
    }

    /// Whether it is a symbolic link.
    public boolean isLink() {
        return kind() == 0xa000;
    }

    /// Its permission bits, those for another identity among them.
    public int permissions() {
        return mode & PERMISSIONS;
    }

    /// Its kind, as the upper bits of `mode`.
    public int kind() {
        return mode & KIND;
    }

    /// Whether both are of the same file.
    public boolean isSame(FileStatus other) {
        return inode == other.inode && device == other.device;
    }

    static FileStatus read(Descriptor directory, String name, int flags) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(SIZE, Long.BYTES);
            directory.invoke(SystemCall.STATX, PathText.allocate(arena, name).address(), flags | NO_AUTOMOUNT,
                    BASIC_STATS, out.address());
            return from(out);
        }
    }

    private static FileStatus from(MemorySegment out) {
        long device = ((long) out.get(JAVA_INT, 136) << Integer.SIZE) | Integer.toUnsignedLong(out.get(JAVA_INT, 140));
        return new FileStatus(Short.toUnsignedInt(out.get(JAVA_SHORT, 28)), out.get(JAVA_INT, 20),
                out.get(JAVA_INT, 24), out.get(JAVA_LONG, 40), out.get(JAVA_LONG, 48) * SECTOR,
                Instant.ofEpochSecond(out.get(JAVA_LONG, 112), out.get(JAVA_INT, 120)), out.get(JAVA_LONG, 32), device,
                (out.get(JAVA_LONG, 8) & MOUNT_ROOT) != 0);
    }
}
