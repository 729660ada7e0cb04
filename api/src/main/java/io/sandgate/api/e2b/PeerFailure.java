package io.sandgate.api.e2b;

/// A peer did not answer.
final class PeerFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// What is known of a call that was not answered.
    enum Kind {
        /// It never got there.
        UNREACHABLE,
        /// It was not sent, since too many others wait for this peer.
        BUSY,
        /// It was sent, and nothing came in time.
        TIMEOUT,
        /// It was sent, and what came was no answer of that replica's.
        BROKEN
    }

    private final Kind kind;

    PeerFailure(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
