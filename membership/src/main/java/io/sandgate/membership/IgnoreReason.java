package io.sandgate.membership;

import java.util.Locale;

/// Why a message from another member had no effect.
enum IgnoreReason {
    /// The bytes are no announcement.
    GARBAGE,
    /// An announcement in a version of the format that this replica does not know.
    UNKNOWN_VERSION,
    /// A message of another kind than bytes.
    NOT_BYTES,
    /// More messages wait than this replica takes in.
    OVERFLOW,
    /// The sender is not, or no longer, in the view.
    NOT_IN_VIEW,
    /// The same incarnation announced something newer before.
    OLD_SEQUENCE,
    /// A later incarnation of the sender is visible.
    OLD_INCARNATION,
    /// Another running replica has the same id, and wins.
    DUPLICATE_ID,
    /// The sender is visible under another id.
    CHANGED_ID;

    /// The value of the metric's tag.
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
