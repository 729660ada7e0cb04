package io.sandgate.api.envd.connect;

import io.sandgate.api.envd.wire.HttpCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// What the header of a request says about the call.
///
/// @param timeout after which it is over
/// @param keepalive how long a stream may be silent
/// @param user as whom to do it; empty where the request names none
public record CallHeaders(Optional<Duration> timeout, Duration keepalive, Optional<String> user) {

    private static final Duration DEFAULT_KEEPALIVE = Duration.ofSeconds(90);
    private static final long MAX_KEEPALIVE = 300;

    static CallHeaders of(HttpCall call) {
        call.header("connect-protocol-version").filter(version -> !version.equals("1")).ifPresent(version -> {
            throw ConnectException.invalid("Connect-Protocol-Version: " + version + " (expected: 1)");
        });
        return new CallHeaders(call.header("connect-timeout-ms").map(CallHeaders::timeout),
                call.header("keepalive-ping-interval").map(CallHeaders::keepalive).orElse(DEFAULT_KEEPALIVE),
                call.header("authorization").flatMap(CallHeaders::user));
    }

    private static Duration timeout(String text) {
        if (!text.matches("[0-9]{1,10}")) {
            throw ConnectException.invalid("Connect-Timeout-Ms: not usable (expected: up to 10 digits)");
        }
        return Duration.ofMillis(Long.parseLong(text));
    }

    /// What makes no sense is as if it was not there, as with envd.
    private static Duration keepalive(String text) {
        if (!text.matches("[0-9]{1,9}")) {
            return DEFAULT_KEEPALIVE;
        }
        long seconds = Long.parseLong(text);
        return seconds == 0 ? DEFAULT_KEEPALIVE : Duration.ofSeconds(Math.min(seconds, MAX_KEEPALIVE));
    }

    /// The name in front of the colon; what follows is no secret that anything depends on.
    private static Optional<String> user(String authorization) {
        if (!authorization.toLowerCase(Locale.ROOT).startsWith("basic ")) {
            return Optional.empty();
        }
        try {
            String decoded = new String(Base64.getDecoder().decode(authorization.substring(6).strip()),
                    StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            return Optional.of(colon < 0 ? decoded : decoded.substring(0, colon)).filter(name -> !name.isEmpty());
        } catch (IllegalArgumentException e) {
            throw new ConnectException(ConnectCode.UNAUTHENTICATED,
                    "Authorization: not usable (expected: Basic, with base64 of a user's name and a colon)");
        }
    }
}
