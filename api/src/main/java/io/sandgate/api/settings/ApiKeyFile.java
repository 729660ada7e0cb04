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
import java.util.random.RandomGenerator;

/// The API key that was made because none was configured, in a file that only its user may read.
public final class ApiKeyFile {

    /// The name of the file in a data directory.
    public static final String FILE_NAME = "api-key";

    /// The name of the key that is made.
    private static final String KEY_NAME = "default";

    /// The key of a data directory.
    ///
    /// @param key the key
    /// @param created whether it was made just now, and nobody has seen it yet
    public record Kept(ApiKey key, boolean created) {}

    private final Path directory;
    private final Path path;

    private ApiKeyFile(Path directory) {
        this.directory = directory;
        this.path = directory.resolve(FILE_NAME);
    }

    public static ApiKeyFile in(Path directory) {
        return new ApiKeyFile(directory);
    }

    public Path path() {
        return path;
    }

    /// The key in the file, when there is a file.
    ///
    /// @throws SettingsException when what is there is no key
    /// @throws UncheckedIOException when the file cannot be read
    public Optional<ApiKey> read() {
        try {
            if (Files.notExists(path)) {
                return Optional.empty();
            }
            return Optional.of(ApiKey.parse(Files.readString(path).strip()));
        } catch (IllegalArgumentException e) {
            throw new SettingsException("API key file " + path + ": no key in it (expected: " + ApiKey.FORM
                    + "; put the key back, or delete the file and a new key is made)");
        } catch (IOException e) {
            throw new UncheckedIOException("API key file " + path + ": cannot be read", e);
        }
    }

    /// The key in the file, or a new one that is in the file when this returns.
    public Kept readOrCreate(RandomGenerator random) {
        return read().map(key -> new Kept(key, false)).orElseGet(() -> {
            ApiKey key = ApiKey.generate(KEY_NAME, random);
            try {
                write(key);
            } catch (IOException e) {
                throw new UncheckedIOException("API key file " + path + ": cannot be written", e);
            }
            return new Kept(key, true);
        });
    }

    private void write(ApiKey key) throws IOException {
        Files.createDirectories(directory);
        Path whole = Files.createTempFile(directory, FILE_NAME, ".tmp", onlyOwner());
        try {
            try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap((key.reveal() + "\n").getBytes(StandardCharsets.UTF_8)));
                channel.force(true);
            }
            Files.move(whole, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(whole);
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
