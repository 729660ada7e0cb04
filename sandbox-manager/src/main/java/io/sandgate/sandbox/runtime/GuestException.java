package io.sandgate.sandbox.runtime;

/// Something that could not be done within a sandbox; the message is for the one who asked for it, and speaks in the
/// paths and numbers of the sandbox.
public final class GuestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// What kind of failure it is, in the words of the Connect protocol.
    public enum Code {
        /// The request makes no sense, whatever the state of the sandbox.
        INVALID_ARGUMENT,
        /// There is no such program, file, user or watcher.
        NOT_FOUND,
        /// It is there already.
        ALREADY_EXISTS,
        /// The user may not do it.
        PERMISSION_DENIED,
        /// There is no such user, or the caller is not who it should be.
        UNAUTHENTICATED,
        /// Something is of another kind than the call needs, such as a directory in place of a file.
        FAILED_PRECONDITION,
        /// A limit on calls, programs or watchers is reached.
        RESOURCE_EXHAUSTED,
        /// The sandbox' disk is full.
        NO_SPACE,
        /// The sandbox is ending or cannot be reached.
        UNAVAILABLE,
        /// Anything else.
        INTERNAL
    }

    private final Code code;

    public GuestException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public GuestException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /// What kind of failure it is.
    public Code code() {
        return code;
    }
}
