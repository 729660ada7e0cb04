package io.sandgate.api.envd.wire;

import io.sandgate.sandbox.runtime.GuestException;

/// A request that is refused or failed, with the status and the message of its answer.
public final class HttpFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    public HttpFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    /// What a failure within a sandbox is in HTTP.
    public static HttpFailure of(GuestException failure) {
        return new HttpFailure(switch (failure.code()) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case UNAVAILABLE -> 503;
            case NO_SPACE -> 507;
            case INTERNAL -> 500;
        }, String.valueOf(failure.getMessage()));
    }

    /// The status of the answer.
    public int status() {
        return status;
    }
}
