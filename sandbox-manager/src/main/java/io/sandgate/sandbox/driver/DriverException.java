package io.sandgate.sandbox.driver;

/// A step that a driver could not carry out.
public final class DriverException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Why the step failed.
    public enum Reason {
        /// Nothing is left to give, such as addresses.
        EXHAUSTED,
        /// The sandbox's command did not come up.
        START_FAILED,
        /// Anything else; the same step may be tried again.
        FAILED
    }

    private final Reason reason;

    public DriverException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public DriverException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /// Why the step failed.
    public Reason reason() {
        return reason;
    }
}
