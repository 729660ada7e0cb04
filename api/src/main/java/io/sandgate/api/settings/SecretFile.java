package io.sandgate.api.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// One line of text in a file that only its user may read.
///
/// @param directory where it is
/// @param name its name there
record SecretFile(Path directory, String name) {

    Path path() {
        return directory.resolve(name);
    }

    /// The line, when there is a file.
    ///
    /// @throws UncheckedIOException when the file cannot be read
    Optional<String> read() {
        try {
            return Files.notExists(path()) ? Optional.empty() : Optional.of(Files.readString(path()).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(path() + ": cannot be read", e);
        }
    }

    /// Writes the line, which is in the file whole, and on the disk, when this returns.
    ///
    /// @throws UncheckedIOException when the file cannot be written
    void write(String line) {
        try {
            Files.createDirectories(directory);
            Path whole = Files.createTempFile(directory, name, ".tmp", onlyOwner());
            try {
                try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
                    channel.force(true);
                }
                Files.move(whole, path(), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(whole);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path() + ": cannot be written", e);
        }
    }

    private FileAttribute<?>[] onlyOwner() {
        Set<String> views = directory.getFileSystem().supportedFileAttributeViews();
        return views.contains("posix")
                ? new FileAttribute<?>[]{
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
    }
}
