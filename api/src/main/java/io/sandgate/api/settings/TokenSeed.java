package io.sandgate.api.settings;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The seed of the tokens of secured sandboxes, in a file that only its user may read, where none is configured.
public final class TokenSeed {

    /// The name of the file in a data directory.
    public static final String FILE_NAME = "token-seed";

    private static final int BYTES = 32;

    private TokenSeed() {}

    /// The seed of a data directory, made at the first call.
    ///
    /// @throws java.io.UncheckedIOException when the file cannot be read or written
    public static String in(Path directory, RandomGenerator random) {
        SecretFile file = new SecretFile(directory, FILE_NAME);
        return file.read().orElseGet(() -> {
            byte[] bytes = new byte[BYTES];
            random.nextBytes(bytes);
            String seed = HexFormat.of().formatHex(bytes);
            file.write(seed);
            return seed;
        });
    }
}
