package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The random word by which the processes of one data directory are told from those of all others.
final class Nonce {

    private static final int DIGITS = 16;

    private Nonce() {}

    /// The word of a data directory, made at the first call.
    static String in(Path data, RandomGenerator random) {
        Path file = data.resolve("nonce");
        try {
            if (Files.exists(file)) {
                String nonce = Files.readString(file).strip();
                if (nonce.length() == DIGITS) {
                    return nonce;
                }
            }
            String nonce = HexFormat.of().toHexDigits(random.nextLong());
            Files.writeString(file, nonce + "\n");
            return nonce;
        } catch (IOException e) {
            throw new SandboxException(Reason.INTERNAL, "sandgate.data.dir: the file " + file
                    + " could not be read or written: " + e + " (expected: a directory that the replica owns)", e);
        }
    }
}
