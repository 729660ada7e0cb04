package io.sandgate.api.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes in bytes as people write them: a whole number with B, KiB, MiB or GiB.
final class SizeText {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");
    private static final long STEP = 1024;

    private SizeText() {}

    /// The number of bytes.
    ///
    /// @throws IllegalArgumentException when the text is of another form
    static long parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("size: " + text + " (expected: a number with B, KiB, MiB or GiB)");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "B" -> number;
            case "KiB" -> number * STEP;
            case "MiB" -> number * STEP * STEP;
            default -> number * STEP * STEP * STEP;
        };
    }
}
