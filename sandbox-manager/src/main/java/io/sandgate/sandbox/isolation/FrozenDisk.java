package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.linux.Descriptor;
import java.io.IOException;
import java.io.UncheckedIOException;

/// A mounted file system that nobody can write to until this is closed, and whose image is complete.
///
/// Source of the numbers: the kernel's include/uapi/linux/fs.h.
public final class FrozenDisk implements AutoCloseable {

    private static final long FREEZE = 0xc0045877L;
    private static final long THAW = 0xc0045878L;

    private final Descriptor directory;

    private FrozenDisk(Descriptor directory) {
        this.directory = directory;
    }

    /// Freezes the file system that holds a directory.
    ///
    /// @param directory open for reading; closed with this
    public static FrozenDisk of(Descriptor directory) throws IOException {
        try {
            directory.ioctl(FREEZE, 0);
            return new FrozenDisk(directory);
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    /// Thaws the file system that holds a directory, if an earlier life of the replica left it frozen.
    ///
    /// @param directory open for reading; closed
    /// @throws IOException also when it was not frozen
    public static void thaw(Descriptor directory) throws IOException {
        new FrozenDisk(directory).thaw();
    }

    private void thaw() throws IOException {
        try {
            directory.ioctl(THAW, 0);
        } finally {
            directory.close();
        }
    }

    @Override
    public void close() {
        try {
            thaw();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
