package io.sandgate.sandbox.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The form in which a key is kept: the SHA-256 of its text.
///
/// A key holds 160 random bits, so neither salt nor stretching would add to it.
final class KeyHash {

    private KeyHash() {}

    /// In hexadecimal.
    static String of(String key) {
        return HexFormat.of().formatHex(bytes(key));
    }

    static byte[] bytes(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }
}
