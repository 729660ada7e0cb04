package io.sandgate.proxy.route;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One change of the table, as it was applied.
///
/// @param before the record of the key until now, or null
/// @param after the record of the key from now on, or null when it was deleted
/// @param displaced the route of another key that lost its id to `after`, or null
/// @param authority who made the change; empty for an external feed
public record RouteChange(@Nullable Route before, @Nullable Route after, @Nullable Route displaced, String authority) {

    /// The key whose record changed.
    public RouteKey key() {
        return after != null ? after.key() : Objects.requireNonNull(before).key();
    }
}
