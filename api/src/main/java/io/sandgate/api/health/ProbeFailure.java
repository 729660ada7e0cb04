package io.sandgate.api.health;

/// A probe did not pass.
final class ProbeFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param reason what is wrong
    ProbeFailure(String reason) {
        super(reason, null, false, false);
    }
}
