package io.sandgate.gateway.shard.sink;

import java.io.Serial;
import java.time.Duration;

/// Lines were not taken, or it is not known whether they were; they are to be tried again.
final class NotTakenException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Duration notBefore;

    /// @param reason in words, without secrets
    /// @param notBefore how long the next attempt must wait
    NotTakenException(String reason, Duration notBefore) {
        super(reason);
        this.notBefore = notBefore;
    }

    Duration notBefore() {
        return notBefore;
    }
}
