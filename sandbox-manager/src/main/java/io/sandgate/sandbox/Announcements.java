package io.sandgate.sandbox;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Announcements with a bounded wait. What fails here is counted and logged and fails nothing else: the peers find
/// what they missed by comparing.
final class Announcements {

    private static final Logger log = LoggerFactory.getLogger(Announcements.class);

    private final RouteAnnouncer announcer;
    private final Duration timeout;
    private final SandboxMetrics metrics;

    Announcements(RouteAnnouncer announcer, Duration timeout, SandboxMetrics metrics) {
        this.announcer = announcer;
        this.timeout = timeout;
        this.metrics = metrics;
    }

    /// The sandbox with the next version of its route.
    Sandbox versioned(Sandbox sandbox) {
        return sandbox.announcedAs(announcer.nextVersion(sandbox.id(), sandbox.routeVersion()));
    }

    /// Announces a sandbox and waits.
    void announce(Sandbox sandbox) {
        await(sandbox, start(() -> announcer.announce(sandbox)));
    }

    /// Begins to withdraw a sandbox.
    CompletionStage<Void> withdraw(Sandbox sandbox) {
        return start(() -> announcer.withdraw(sandbox));
    }

    /// Waits for an announcement that has begun.
    void await(Sandbox sandbox, CompletionStage<Void> stage) {
        try {
            stage.toCompletableFuture().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            failed(sandbox, "timeout", "not done within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            failed(sandbox, "error", String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(sandbox, "interrupted", "interrupted");
        }
    }

    private CompletionStage<Void> start(Announcement announcement) {
        try {
            return announcement.begin();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void failed(Sandbox sandbox, String reason, String detail) {
        metrics.announcementFailed(reason);
        log.warn("sandbox.announce-failed id={} version={} reason={}", sandbox.id(), sandbox.routeVersion(), detail);
    }

    /// A call of the announcer.
    @FunctionalInterface
    private interface Announcement {
        CompletionStage<Void> begin();
    }
}
