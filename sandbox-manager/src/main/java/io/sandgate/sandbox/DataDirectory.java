package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// The directory that holds everything a replica keeps, locked for this replica. The kernel gives the lock back when the
/// replica dies.
public final class DataDirectory implements AutoCloseable {

    private static final String SETTING = "sandgate.data.dir: ";

    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Makes the directory if it is missing, and locks it.
    ///
    /// @throws SandboxException when it cannot be used or another replica uses it; the message says what to do
    public static DataDirectory open(Path directory) {
        Path real;
        try {
            if (!Files.exists(directory)) {
                Files.createDirectories(directory,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            real = directory.toRealPath();
        } catch (IOException | UnsupportedOperationException e) {
            throw unusable(directory, "cannot be made: " + e, e);
        }
        if (!Files.isDirectory(real) || !Files.isReadable(real) || !Files.isWritable(real)) {
            throw unusable(directory, "is not a directory that the replica may read and write", null);
        }
        return lock(real);
    }

    private static DataDirectory lock(Path path) {
        Path file = path.resolve("lock");
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw unusable(path, "its file lock cannot be opened: " + e, e);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                channel.truncate(0);
                channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
                return new DataDirectory(path, channel);
            }
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw inUse(path, e);
        } catch (IOException e) {
            closeQuietly(channel);
            throw unusable(path, "its file lock cannot be locked: " + e, e);
        }
        closeQuietly(channel);
        throw inUse(path, null);
    }

    /// Its real path.
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // The process ends or fails anyway, and the kernel gives the lock back.
        }
    }

    private static SandboxException inUse(Path path, @Nullable Exception cause) {
        return failure(
                SETTING + path + " (another replica uses it, see the pid in its file lock; expected: a directory "
                        + "of its own for each replica; stop the other one or choose another directory)",
                cause);
    }

    private static SandboxException unusable(Path path, String why, @Nullable Exception cause) {
        return failure(SETTING + path + " (" + why + "; expected: a directory that the replica may read and write; "
                + "correct its rights or choose another)", cause);
    }

    private static SandboxException failure(String message, @Nullable Exception cause) {
        return cause == null
                ? new SandboxException(Reason.INTERNAL, message)
                : new SandboxException(Reason.INTERNAL, message, cause);
    }
}
