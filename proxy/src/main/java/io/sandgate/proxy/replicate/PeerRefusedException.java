package io.sandgate.proxy.replicate;

/// A peer's answer that is no success.
public final class PeerRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    public PeerRefusedException(String peer, int status) {
        super("peer " + peer + " answered with status code: " + status);
        this.status = status;
    }

    /// The HTTP status.
    public int status() {
        return status;
    }

    /// Whether the fault lies in what was sent, and not in who sent it or to where.
    boolean isOfContent() {
        return status == 400 || status == 413 || status == 422;
    }
}
