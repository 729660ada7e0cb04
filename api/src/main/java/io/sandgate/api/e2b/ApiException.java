package io.sandgate.api.e2b;

import org.jspecify.annotations.Nullable;

/// A refusal with the status and the words that the client gets.
final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// What an id in a message is cut to.
    private static final int SHOWN_ID = 64;

    private final int status;
    private final @Nullable String errorCode;

    private ApiException(int status, String message, @Nullable String errorCode) {
        super(message, null, false, false);
        this.status = status;
        this.errorCode = errorCode;
    }

    static ApiException of(int status, String message) {
        return new ApiException(status, message, null);
    }

    static ApiException invalid(String message) {
        return of(400, message);
    }

    /// The same for a sandbox that does not exist and for one of another owner, so that ids cannot be probed.
    static ApiException noSuchSandbox(String id) {
        return of(404, "Sandbox \"" + shown(id) + "\" doesn't exist or you don't have access to it");
    }

    /// Something that E2B's API has and this one does not.
    static ApiException unsupported(String what) {
        return of(501, what + " is part of E2B's API and not supported by Sandgate");
    }

    /// An id in a message, cut where it is too long for one.
    static String shown(String id) {
        return id.length() <= SHOWN_ID ? id : id.substring(0, SHOWN_ID) + "…";
    }

    int status() {
        return status;
    }

    /// A word of E2B's for programs, or null.
    @Nullable
    String errorCode() {
        return errorCode;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
