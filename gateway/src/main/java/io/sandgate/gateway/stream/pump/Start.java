package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import java.util.Optional;

/// Where a subscriber begins.
public sealed interface Start {
    /// With the next event that is appended.
    record Tip() implements Start {}

    /// With the oldest event that can be read.
    record Oldest() implements Start {}

    /// With what is behind a place.
    record After(Cursor cursor) implements Start {}

    /// With what there is now, then with the changes since.
    record Snapshot() implements Start {}

    /// Why the log cannot be followed from here, if it cannot.
    default Optional<Loss> loss(Extent extent) {
        if (!(this instanceof After(Cursor cursor))) {
            return Optional.empty();
        }
        if (!cursor.epoch().equals(extent.epoch())) {
            return Optional.of(Loss.OTHER_EPOCH);
        }
        if (cursor.seq() > extent.tip()) {
            return Optional.of(Loss.AHEAD);
        }
        return cursor.seq() < extent.floor() - 1 ? Optional.of(Loss.TOO_OLD) : Optional.empty();
    }
}
