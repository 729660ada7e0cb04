package io.sandgate.gateway.limit;

/// A connection that may not be opened; nothing was taken for it.
///
/// @param reason the limit that is reached
/// @param retrySeconds after how many seconds it is worth another try, 1 or more
public record Refused(Reason reason, int retrySeconds) implements Admission {
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    /// Which limit was reached.
    public enum Reason {
        /// Too many connections are open from the address.
        ADDRESS,
        /// Too many connections are open with the key.
        KEY,
        /// Too many connections are open at this replica.
        TOTAL,
        /// The address or the key opens connections too fast.
        RATE
    }

    /// The HTTP status of an answer that says so.
    public int status() {
        return reason == Reason.TOTAL ? UNAVAILABLE : TOO_MANY;
    }

    /// What happened and what to do.
    public String message() {
        return switch (reason) {
            case ADDRESS -> "Too many connections are open from your address. Close one first";
            case KEY -> "Too many connections are open with this API key. Close one first";
            case TOTAL -> "This replica has as many connections as it may. Try another one, or this one later";
            case RATE -> "Connections are opened too fast from your address or with this API key. "
                    + "Wait for as long as Retry-After says";
        };
    }
}
