package io.sandgate.api.route;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long a route lives unless it is put again, as in `?ttl=30s`.
final class TimeToLive {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m|h)");
    private static final Duration LONGEST = Duration.ofDays(30);

    private TimeToLive() {}

    /// Reads a time to live; empty when the text is none.
    static Optional<Duration> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration ttl = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
        return ttl.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(ttl);
    }
}
