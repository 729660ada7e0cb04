package io.sandgate.api.envd.connect;

import java.util.Locale;

/// Why a call failed, with the HTTP status that a unary call gets.
public enum ConnectCode {
    INVALID_ARGUMENT(400), DEADLINE_EXCEEDED(504), NOT_FOUND(404), ALREADY_EXISTS(409), PERMISSION_DENIED(
            403), RESOURCE_EXHAUSTED(429), FAILED_PRECONDITION(
                    400), UNIMPLEMENTED(501), INTERNAL(500), UNAVAILABLE(503), UNAUTHENTICATED(401);

    private final int status;

    ConnectCode(int status) {
        this.status = status;
    }

    int status() {
        return status;
    }

    /// The word of the protocol.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
