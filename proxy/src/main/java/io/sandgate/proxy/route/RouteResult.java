package io.sandgate.proxy.route;

import java.util.Locale;

/// What became of a change.
///
/// @param outcome whether it took effect
/// @param reason why, or why not
public record RouteResult(Outcome outcome, Reason reason) {

    /// Whether a change took effect.
    public enum Outcome {
        /// The table holds it.
        APPLIED,
        /// It is well-formed, and the table holds something newer or more authoritative.
        IGNORED,
        /// It must not be sent again as it is.
        INVALID;

        /// The word for it in the peer API and in metrics.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Why a change had its outcome.
    public enum Reason {
        NEWER, ID_TAKEOVER, DELETED, FENCED, NOTHING_TO_DELETE, STALE_RESOURCE_VERSION, FOREIGN_AUTHORITY, MISSING_FIELD, INVALID_RESOURCE_VERSION, ADDRESS_NOT_ALLOWED, EPOCH_JUMP, TABLE_FULL, MALFORMED;

        /// The word for it in the peer API and in metrics.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static RouteResult applied(Reason reason) {
        return new RouteResult(Outcome.APPLIED, reason);
    }

    static RouteResult ignored(Reason reason) {
        return new RouteResult(Outcome.IGNORED, reason);
    }

    static RouteResult invalid(Reason reason) {
        return new RouteResult(Outcome.INVALID, reason);
    }

    /// Whether the change took effect.
    public boolean isApplied() {
        return outcome == Outcome.APPLIED;
    }
}
