package io.sandgate.api.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/// Times as a person reads them: how long until or since.
final class Ages {

    private Ages() {}

    /// From the time in the text until now, such as `5m`; the text itself when it is no time.
    static String since(String time, Instant now) {
        try {
            return shortly(Duration.between(Instant.parse(time), now));
        } catch (DateTimeParseException e) {
            return time;
        }
    }

    /// From now until the time in the text.
    static String until(String time, Instant now) {
        try {
            return shortly(Duration.between(now, Instant.parse(time)));
        } catch (DateTimeParseException e) {
            return time;
        }
    }

    /// The two largest units of a duration; a negative one counts as none.
    static String shortly(Duration duration) {
        if (duration.isNegative()) {
            return "0s";
        }
        if (duration.toDays() > 0) {
            return duration.toDays() + "d" + duration.toHoursPart() + "h";
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + "h" + duration.toMinutesPart() + "m";
        }
        if (duration.toMinutes() > 0) {
            return duration.toMinutes() + "m" + duration.toSecondsPart() + "s";
        }
        return duration.toSeconds() + "s";
    }

    /// As [#shortly], but below a second in milliseconds, and below a minute with a tenth of a second.
    static String finely(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 1000) {
            return millis + "ms";
        }
        return millis < 60_000 ? millis / 1000 + "." + millis % 1000 / 100 + "s" : shortly(duration);
    }
}
