package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One change of one sandbox that is under way. Its identity is the attempt: what comes from a transition that is no
/// longer its cell's is dropped.
final class Transition {

    /// What is being done.
    enum Kind {
        CREATE("being created"), PAUSE("being paused"),
        /// A pause that keeps the disk only.
        STOP("being paused"), RESUME("being resumed"),
        /// A resume from the disk only.
        START("being resumed"), EDIT("being changed"),
        /// The disk is copied.
        COPY("being copied"), KILL("being killed");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    private final Kind kind;
    private final Sandbox before;
    private final CompletableFuture<Sandbox> outcome = new CompletableFuture<>();
    /// The latest end that those who joined ask for; guarded by the cell.
    private @Nullable Instant wantedEnd;

    /// @param before the sandbox as it was, to go back to
    Transition(Kind kind, Sandbox before) {
        this.kind = kind;
        this.before = before;
    }

    Kind kind() {
        return kind;
    }

    Sandbox before() {
        return before;
    }

    /// Asks that the sandbox's deadline be no earlier than `end`. Called within the cell.
    void want(Instant end) {
        if (wantedEnd == null || end.isAfter(wantedEnd)) {
            wantedEnd = end;
        }
    }

    @Nullable
    Instant wantedEnd() {
        return wantedEnd;
    }

    void succeed(Sandbox after) {
        outcome.complete(after);
    }

    void fail(SandboxException failure) {
        outcome.completeExceptionally(failure);
    }

    /// Waits for the outcome.
    Sandbox await(Duration atMost) {
        try {
            return outcome.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SandboxException failure) {
                throw new SandboxException(failure.reason(), String.valueOf(failure.getMessage()), failure);
            }
            throw new SandboxException(Reason.INTERNAL, "sandbox " + before.id() + " failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new SandboxException(Reason.INTERNAL, "sandbox " + before.id() + " is still " + kind.words + " after "
                    + atMost.toMillis() + " ms: look at its state and try again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(Reason.INTERNAL, "interrupted while sandbox " + before.id() + " was "
                    + kind.words, e);
        }
    }
}
