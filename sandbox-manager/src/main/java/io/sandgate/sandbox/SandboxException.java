package io.sandgate.sandbox;

import org.jspecify.annotations.Nullable;

/// A lifecycle call that could not be carried out, with the reason in a form that an HTTP face can map to a status.
public final class SandboxException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Why a call failed.
    public enum Reason {
        /// No such sandbox, or no longer.
        NOT_FOUND,
        /// The request itself is wrong.
        INVALID,
        /// The sandbox is in a state that does not allow the call.
        CONFLICT,
        /// A limit of this replica is reached.
        EXHAUSTED,
        /// The sandbox could not be started.
        START_FAILED,
        /// Something of the replica itself failed, such as its disk.
        INTERNAL
    }

    private final Reason reason;

    public SandboxException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public SandboxException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /// Why the call failed.
    public Reason reason() {
        return reason;
    }
}
