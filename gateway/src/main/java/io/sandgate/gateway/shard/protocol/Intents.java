package io.sandgate.gateway.shard.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Which kinds of events a bot asks for.
///
/// @param bits one for each kind; may have some that have no name here yet
public record Intents(long bits) {
    /// All that a bot needs no permission for.
    public static final Intents DEFAULT = new Intents(bits(intent -> !intent.isPrivileged()));
    /// All that have a name.
    public static final Intents ALL = new Intents(bits(_ -> true));

    private static final String EXPECTED = " (expected: default, all, none, a number from 0, or names with commas between: "
            + Arrays.stream(Intent.values()).map(Intent::name).collect(Collectors.joining(", ")) + ")";

    public Intents {
        if (bits < 0) {
            throw new IllegalArgumentException("intents: " + bits + " (expected: 0 or more)");
        }
    }

    /// Reads a setting: `default`, `all`, `none`, a number, names, or several of these with commas between. What [#toString]
    /// gives is read as what it came from.
    ///
    /// @throws IllegalArgumentException when a part is none of these
    public static Intents parse(String setting) {
        long bits = 0;
        for (String part : setting.split(",", -1)) {
            bits |= part(part.strip(), setting);
        }
        return new Intents(bits);
    }

    private static long part(String part, String setting) {
        String name = part.toUpperCase(Locale.ROOT);
        if (name.matches("\\d{1,18}")) {
            return Long.parseLong(name);
        }
        return switch (name) {
            case "DEFAULT" -> DEFAULT.bits;
            case "ALL" -> ALL.bits;
            case "NONE" -> 0;
            default -> Arrays.stream(Intent.values()).filter(intent -> intent.name().equals(name)).findAny()
                    .orElseThrow(() -> new IllegalArgumentException("intents: " + setting + EXPECTED)).bit();
        };
    }

    private static long bits(Predicate<Intent> which) {
        return Arrays.stream(Intent.values()).filter(which).mapToLong(Intent::bit).reduce(0, (a, b) -> a | b);
    }

    /// The names, and as one number what has none; `none` when there is nothing.
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        long nameless = bits;
        for (Intent intent : Intent.values()) {
            if ((bits & intent.bit()) != 0) {
                parts.add(intent.name());
                nameless &= ~intent.bit();
            }
        }
        if (nameless != 0) {
            parts.add(Long.toString(nameless));
        }
        return parts.isEmpty() ? "none" : String.join(",", parts);
    }
}
