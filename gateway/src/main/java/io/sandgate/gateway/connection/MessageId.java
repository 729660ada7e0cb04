package io.sandgate.gateway.connection;

import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The name of a message: 96 random bits in hexadecimal digits.
///
/// @param text of 24 digits
public record MessageId(String text) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{24}");

    public MessageId {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("id: (expected: 24 hexadecimal digits)");
        }
    }

    static MessageId random(RandomGenerator random) {
        return new MessageId(String.format(Locale.ROOT, "%016x%08x", random.nextLong(), random.nextInt()));
    }

    /// The first 64 bits.
    long prefix() {
        return Long.parseUnsignedLong(text, 0, 16, 16);
    }
}
