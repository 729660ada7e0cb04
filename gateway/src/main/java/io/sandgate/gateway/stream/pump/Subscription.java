package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Event;
import java.util.Optional;

/// What a subscriber gets; immutable.
///
/// @param team whose events only; empty for operators, who may see all
/// @param filter what was asked for of those
/// @param start where to begin
public record Subscription(Optional<String> team, Filter filter, Start start) {

    /// Whether the subscriber gets the event.
    boolean wants(Event event) {
        return (team.isEmpty() || team.get().equals(event.owner())) && filter.matches(event);
    }
}
