package io.sandgate.api.settings;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A named key of the lifecycle API; its text form hides the key.
///
/// @param name who owns what is made with it
/// @param key `e2b_` and 40 hexadecimal digits, the form that every E2B SDK accepts
public record ApiKey(String name, Secret key) {

    /// How a key with its name is written.
    static final String FORM = "name:e2b_<40 hexadecimal digits>";

    private static final Pattern PATTERN = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,62}):(e2b_[0-9a-f]{40})");
    private static final int RANDOM_BYTES = 20;

    /// Reads `name:key`.
    ///
    /// @throws IllegalArgumentException when the text is of another form; the message does not contain it
    public static ApiKey parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("API key: " + Secret.HIDDEN + " (expected: " + FORM + ")");
        }
        return new ApiKey(matcher.group(1), new Secret(matcher.group(2)));
    }

    /// A new key from a source that nobody can guess.
    static ApiKey generate(String name, RandomGenerator random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return new ApiKey(name, new Secret("e2b_" + HexFormat.of().formatHex(bytes)));
    }

    /// The key with its name, as it is written into settings and files.
    public String reveal() {
        return name + ":" + key.value();
    }
}
