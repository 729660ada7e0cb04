package io.sandgate.proxy.forward;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// What an answer says about the connection that it came over.
final class KeepAlive {

    /// Longer than any setting.
    private static final Duration UNLIMITED = Duration.ofDays(365);
    private static final String TIMEOUT = "timeout=";

    private KeepAlive() {}

    /// Whether the connection serves another request after this answer.
    static boolean isPersistent(HttpClientResponse answer) {
        MultiMap fields = answer.headers();
        List<String> connection = fields.getAll(HttpHeaders.CONNECTION);
        boolean framed = fields.contains(HttpHeaders.CONTENT_LENGTH) || fields.contains(HttpHeaders.TRANSFER_ENCODING)
                || answer.statusCode() == 204 || answer.statusCode() == 304;
        return framed && answer.version() == HttpVersion.HTTP_1_1 && !FieldRules.has(connection, "close");
    }

    /// How long the sandbox keeps the connection, less a second for what is already on its way.
    static Duration duration(HttpClientResponse answer) {
        for (String field : answer.headers().getAll("Keep-Alive")) {
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
