package io.sandgate.api.settings;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
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

    private final SecretFile file;

    private ApiKeyFile(SecretFile file) {
        this.file = file;
    }

    public static ApiKeyFile in(Path directory) {
        return new ApiKeyFile(new SecretFile(directory, FILE_NAME));
    }

    public Path path() {
        return file.path();
    }

    /// The key in the file, when there is a file.
    ///
    /// @throws SettingsException when what is there is no key
    /// @throws UncheckedIOException when the file cannot be read
    public Optional<ApiKey> read() {
        try {
            return file.read().map(ApiKey::parse);
        } catch (IllegalArgumentException e) {
            throw new SettingsException("API key file " + path() + ": no key in it (expected: " + ApiKey.FORM
                    + "; put the key back, or delete the file and a new key is made)");
        }
    }

    /// The key in the file, or a new one that is in the file when this returns.
    public Kept readOrCreate(RandomGenerator random) {
        return read().map(key -> new Kept(key, false)).orElseGet(() -> {
            ApiKey key = ApiKey.generate(KEY_NAME, random);
            file.write(key.reveal());
            return new Kept(key, true);
        });
    }
}
