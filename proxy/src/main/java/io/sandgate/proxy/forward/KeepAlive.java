package io.sandgate.proxy.forward;

import io.sandgate.proxy.http1.FieldName;
import io.sandgate.proxy.http1.ResponseHead;
import java.time.Duration;
import java.util.Locale;

/// What an answer says about the connection that it came over.
final class KeepAlive {

    /// Longer than any setting.
    private static final Duration UNLIMITED = Duration.ofDays(365);
    private static final String TIMEOUT = "timeout=";

    private KeepAlive() {}

    /// Whether the connection serves another request after this answer, if its body ends before the connection does.
    static boolean isPersistent(ResponseHead answer) {
        return !answer.isOld() && !FieldRules.isConnection(answer.fields(), "close");
    }

    /// How long the sandbox keeps the connection, less a second for what is already on its way.
    static Duration duration(ResponseHead answer) {
        if (!answer.fields().has(FieldName.KEEP_ALIVE)) {
            return UNLIMITED;
        }
        for (String field : answer.fields().values(FieldName.KEEP_ALIVE)) {
            for (String parameter : FieldRules.options(field)) {
                if (parameter.toLowerCase(Locale.ROOT).startsWith(TIMEOUT)) {
                    return seconds(parameter.substring(TIMEOUT.length()).strip());
                }
            }
        }
        return UNLIMITED;
    }

    private static Duration seconds(String text) {
        if (text.isEmpty() || text.length() > 6 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return UNLIMITED;
        }
        return Duration.ofSeconds(Math.max(0, Integer.parseInt(text) - 1));
    }
}
