package io.sandgate.sandbox.driver;

import java.util.Locale;
import java.util.regex.Pattern;

/// One domain name, or all names below one.
///
/// @param name in small letters, without a dot at its end
/// @param below whether what lies below the name is meant, at any depth, and not the name itself
public record DomainPattern(String name, boolean below) {

    private static final int LONGEST = 253;
    private static final String WILDCARD = "*.";

    private static final Pattern NAME = Pattern
            .compile("([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    /// Reads `api.example.com` or `*.example.com`; capitals count as small letters.
    ///
    /// @throws IllegalArgumentException for anything else
    public static DomainPattern parse(String text) {
        boolean below = text.startsWith(WILDCARD);
        String name = text.substring(below ? WILDCARD.length() : 0);
        // the length first: what the expression takes grows with it
        if (text.length() > LONGEST || !isName(name.toLowerCase(Locale.ROOT), below)) {
            throw new IllegalArgumentException(
                    "domain: " + text + " (expected: a name such as api.example.com or *.example.com)");
        }
        return new DomainPattern(name.toLowerCase(Locale.ROOT), below);
    }

    /// No name of one part is one of the internet.
    private static boolean isName(String name, boolean below) {
        return (below || name.indexOf('.') > 0) && NAME.matcher(name).matches();
    }

    /// Whether a name is meant, which need not be one.
    ///
    /// @param host in small letters, without a dot at its end
    boolean covers(String host) {
        return below
                ? host.length() <= LONGEST && host.endsWith("." + name) && NAME.matcher(host).matches()
                : host.equals(name);
    }

    @Override
    public String toString() {
        return below ? WILDCARD + name : name;
    }
}
