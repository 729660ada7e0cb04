package io.sandgate.gateway.stream.webhook;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What went wrong with a webhook's requests since the last success. Confined to one thread.
final class Trouble {
    private int failures;
    private boolean isDown;
    private @Nullable Span span;
    private String lastError = "";

    /// From when to when it failed, as far as it was tried.
    ///
    /// @param since the first failure without a success after it
    /// @param last the last one
    record Span(Instant since, Instant last) {}

    /// A request failed.
    void failed(String reason, Instant now) {
        failures++;
        lastError = reason;
        lasts(now);
    }

    /// An event was given up: until one is delivered, the others get one attempt each.
    void gaveUp(Instant now) {
        isDown = true;
        lasts(now);
    }

    private void lasts(Instant now) {
        span = new Span(span == null ? now : span.since(), now);
    }

    /// Goes on with what is kept over a restart.
    void goOn(@Nullable Span kept) {
        span = kept;
    }

    void forget() {
        failures = 0;
        isDown = false;
        span = null;
        lastError = "";
    }

    /// Forgets what was not tried for so long that it says nothing about now.
    void forgetBefore(Instant oldest) {
        if (span != null && span.last().isBefore(oldest)) {
            forget();
        }
    }

    /// In a row.
    int failures() {
        return failures;
    }

    boolean isDown() {
        return isDown;
    }

    Optional<Span> span() {
        return Optional.ofNullable(span);
    }

    /// Empty when the last request went well.
    String lastError() {
        return lastError;
    }
}
