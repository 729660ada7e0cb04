package io.sandgate.proxy.forward;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Tells a browser that opens a page from a program, and from a script in a page.
final class Navigation {

    private static final List<String> BROWSERS = List.of("mozilla", "chrome", "safari", "firefox", "edge", "opera");

    private Navigation() {}

    /// Whether whoever asks wants to see a page.
    ///
    /// @param userAgent the User-Agent field, or null
    /// @param accept the Accept field, or null
    /// @param fetchMode the Sec-Fetch-Mode field, or null
    /// @param requestedWith the X-Requested-With field, or null
    static boolean wantsPage(@Nullable String userAgent, @Nullable String accept, @Nullable String fetchMode,
            @Nullable String requestedWith) {
        if (userAgent == null || requestedWith != null) {
            return false;
        }
        String agent = userAgent.toLowerCase(Locale.ROOT);
        if (BROWSERS.stream().noneMatch(agent::contains)) {
            return false;
        }
        if (accept != null) {
            String types = accept.toLowerCase(Locale.ROOT);
            if (types.contains("json") && !types.contains("html")) {
                return false;
            }
        }
        return fetchMode == null || switch (fetchMode.toLowerCase(Locale.ROOT)) {
            case "cors", "no-cors", "same-origin", "websocket" -> false;
            default -> true;
        };
    }
}
