package io.sandgate.api.settings;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// The seed of the tokens of secured sandboxes: from a configured secret, or else in a file that only its user may read.
public final class TokenSeed {

    /// The name of the file in a data directory.
    public static final String FILE_NAME = "token-seed";

    private static final int BYTES = 32;

    private static final byte[] SALT = "sandgate sandbox tokens".getBytes(StandardCharsets.US_ASCII);
    private static final int ROUNDS = 200_000;

    private TokenSeed() {}

    /// The seed that a configured secret stands for.
    ///
    /// Implementation note: whoever is given a token could try secrets against it at leisure, and the cluster's secret opens
    /// far more than a sandbox. So it is made costly to try one (PBKDF2), as it is for the cluster's certificates.
    public static String of(String secret) {
        try {
            byte[] seed = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(secret.toCharArray(), SALT, ROUNDS, BYTES * Byte.SIZE)).getEncoded();
            return HexFormat.of().formatHex(seed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("PBKDF2WithHmacSHA256 is part of every Java runtime", e);
        }
    }

    /// The seed of a data directory, made at the first call.
    ///
    /// @throws SettingsException when what is in the file is no seed
    /// @throws java.io.UncheckedIOException when the file cannot be read or written
    public static String in(Path directory, RandomGenerator random) {
        SecretFile file = new SecretFile(directory, FILE_NAME);
        Optional<String> kept = file.read();
        if (kept.isPresent() && kept.get().length() < 2 * BYTES) {
            throw new SettingsException("token seed file " + file.path() + ": no seed in it (expected: " + 2 * BYTES
                    + " characters; put the seed back, or delete the file, and secured sandboxes get other tokens)");
        }
        return kept.orElseGet(() -> {
            byte[] bytes = new byte[BYTES];
            random.nextBytes(bytes);
            String seed = HexFormat.of().formatHex(bytes);
            file.write(seed);
            return seed;
        });
    }
}
