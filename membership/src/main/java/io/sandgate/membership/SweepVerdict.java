package io.sandgate.membership;

import java.util.Locale;

/// Whether a replica may clear what dead ones owned.
public sealed interface SweepVerdict {

    /// It may: it is the sweeper, and knows enough to be.
    record Allowed() implements SweepVerdict {}

    /// It may not.
    record Refused(Reason reason) implements SweepVerdict {}

    /// Why a replica may not sweep.
    enum Reason {
        /// Its own probes fail.
        PROBES_FAIL,
        /// It fenced itself and has not reconciled since.
        FENCED,
        /// The members changed, or it was fenced, less than one window ago.
        UNSETTLED,
        /// More than half of the last stable view is missing: it may be this replica that is cut off.
        TOO_MANY_MISSING,
        /// A member with a lower id is the sweeper, or this one is not ready.
        NOT_THE_SWEEPER;

        /// The value of a metric's tag.
        public String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
