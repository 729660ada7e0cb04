package io.sandgate.api.envd.connect;

import io.sandgate.sandbox.runtime.GuestException;
import io.vertx.core.json.JsonObject;

/// A call that failed, as its caller is told.
public final class ConnectException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ConnectCode code;

    public ConnectException(ConnectCode code, String message) {
        super(message);
        this.code = code;
    }

    /// What a failure within a sandbox is in this protocol.
    public static ConnectException of(GuestException failure) {
        return new ConnectException(switch (failure.code()) {
            case INVALID_ARGUMENT -> ConnectCode.INVALID_ARGUMENT;
            case NOT_FOUND -> ConnectCode.NOT_FOUND;
            case ALREADY_EXISTS -> ConnectCode.ALREADY_EXISTS;
            case PERMISSION_DENIED -> ConnectCode.PERMISSION_DENIED;
            case UNAUTHENTICATED -> ConnectCode.UNAUTHENTICATED;
            case FAILED_PRECONDITION -> ConnectCode.FAILED_PRECONDITION;
            case RESOURCE_EXHAUSTED, NO_SPACE -> ConnectCode.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> ConnectCode.UNAVAILABLE;
            case INTERNAL -> ConnectCode.INTERNAL;
        }, String.valueOf(failure.getMessage()));
    }

    static ConnectException invalid(String message) {
        return new ConnectException(ConnectCode.INVALID_ARGUMENT, message);
    }

    static ConnectException late() {
        return new ConnectException(ConnectCode.DEADLINE_EXCEEDED, "the time given by Connect-Timeout-Ms is over");
    }

    /// Why it failed.
    public ConnectCode code() {
        return code;
    }

    /// As in the body of a unary answer, and in the last envelope of a stream.
    JsonObject json() {
        return new JsonObject().put("code", code.word()).put("message", getMessage());
    }
}
