package io.sandgate.membership;

/// The cluster could not be joined, or what membership keeps on disk could not be read or written; the message says
/// which setting is concerned and what to do.
public final class MembershipException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MembershipException(String message) {
        super(message);
    }

    MembershipException(String message, Throwable cause) {
        super(message, cause);
    }
}
