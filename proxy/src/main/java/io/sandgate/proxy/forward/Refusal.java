package io.sandgate.proxy.forward;

import java.util.Locale;

/// The answer to a request that is not forwarded.
///
/// @param status the HTTP status
/// @param reason what it is counted as
/// @param message what went wrong and what to do
/// @param sandboxId the sandbox that was addressed, or empty
/// @param port the port that was addressed, or 0 where it does not matter
/// @param connectionLimit the limit that was hit, or 0
/// @param path the path that was asked for, where it is what the refusal is about, or empty
record Refusal(int status, Reason reason, String message, String sandboxId, int port, int connectionLimit,
        String path) {

    /// What a refusal is counted as.
    enum Reason {
        MALFORMED, SLOW_BODY, METHOD, EXPECTATION, NOT_FOUND, NOT_RUNNING, PAUSED, NOT_WOKEN, TRANSITIONING, TRAFFIC_TOKEN, CONTROL_PATH, SANDBOX_FULL, REPLICA_FULL, PORT_CLOSED, BAD_ANSWER, UPGRADE_TIMEOUT;

        /// The word for it in metrics.
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A request that cannot be understood as it is.
    static Refusal malformed(String message) {
        return new Refusal(400, Reason.MALFORMED, message, "", 0, 0, "");
    }

    /// A refusal that needs no more than its sandbox.
    static Refusal of(int status, Reason reason, String message, String sandboxId) {
        return new Refusal(status, reason, message, sandboxId, 0, 0, "");
    }

    /// The sandbox is unknown, or gone.
    static Refusal notFound(String sandboxId) {
        return of(502, Reason.NOT_FOUND, "The sandbox was not found", sandboxId);
    }

    /// The sandbox is paused, and nobody wants it woken.
    static Refusal paused(String sandboxId) {
        return of(502, Reason.PAUSED, "The sandbox was not found", sandboxId);
    }

    /// The sandbox is paused, and could not be woken.
    static Refusal notWoken(String sandboxId) {
        return of(503, Reason.NOT_WOKEN, "The sandbox is paused and could not be resumed. Try again in a moment.",
                sandboxId);
    }

    /// Nothing listens on the port.
    static Refusal portClosed(String sandboxId, int port) {
        return new Refusal(502, Reason.PORT_CLOSED, "The sandbox is running but port is not open", sandboxId, port, 0,
                "");
    }

    /// Too much is in flight to the sandbox.
    static Refusal sandboxFull(String sandboxId, int limit) {
        return new Refusal(429, Reason.SANDBOX_FULL,
                "Too many connections to the sandbox. Close some, or try again in a moment.", sandboxId, 0, limit, "");
    }

    /// Too much is in flight in all.
    static Refusal replicaFull(String what, String sandboxId) {
        return of(503, Reason.REPLICA_FULL, "Too many " + what + " through this gateway. Try again in a moment.",
                sandboxId);
    }

    /// The sandbox did not take a request for an upgrade up in time.
    static Refusal upgradeTimeout(String sandboxId, int port) {
        return new Refusal(504, Reason.UPGRADE_TIMEOUT,
                "The sandbox did not answer the request for an upgrade in time", sandboxId, port, 0, "");
    }

    /// The path is for whoever runs the sandbox.
    static Refusal controlPath(String sandboxId, int port, String path) {
        return new Refusal(404, Reason.CONTROL_PATH, "This endpoint is reserved for the control plane", sandboxId, port,
                0, path);
    }

    /// The sandbox accepted the connection and did not answer as HTTP demands.
    static Refusal badAnswer(String sandboxId, int port, String what) {
        return new Refusal(502, Reason.BAD_ANSWER, what, sandboxId, port, 0, "");
    }

    /// Whether the same request may succeed a moment later.
    boolean isTransient() {
        return status == 409 || status == 429 || status == 503;
    }
}
