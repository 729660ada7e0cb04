package io.sandgate.sandbox;

import java.time.Instant;

/// Something that happened to a sandbox of this replica; immutable.
///
/// @param kind what
/// @param sandbox as it is from then on; for one that was killed, as it was last
/// @param cause why; REQUEST where nothing else can be
/// @param snapshot the id of the snapshot that was made; empty for every other kind
/// @param at when
public record SandboxChange(Kind kind, Sandbox sandbox, Cause cause, String snapshot, Instant at) {

    /// What can happen.
    public enum Kind {
        /// It lived already when this replica started.
        FOUND,
        /// It was made, and runs.
        CREATED,
        /// Its end, what it reaches, or what is kept of it changed.
        UPDATED,
        /// It is frozen, or only its disk is kept.
        PAUSED,
        /// It runs again.
        RESUMED,
        /// A snapshot of its disk was made.
        SNAPSHOTTED,
        /// It is gone with all that it had.
        KILLED
    }

    /// Why it happened.
    public enum Cause {
        /// Somebody asked for it.
        REQUEST("asked"),
        /// Its time was over.
        DEADLINE("expired"),
        /// Its processes ended by themselves.
        EXIT("exited"),
        /// The replica stops, and is set up not to leave any behind.
        REPLICA_STOP("stopped"),
        /// It could not be started.
        START_FAILURE("not-started");

        private final String tag;

        Cause(String tag) {
            this.tag = tag;
        }

        /// The word for it in logs and metrics.
        String tag() {
            return tag;
        }
    }
}
