package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Event;
import java.util.Map;
import java.util.Set;

/// Which events a subscriber asks for; immutable. What is empty asks for all.
///
/// @param kinds exact kinds, for example `sandbox.created`, and areas, for example `sandbox`
/// @param sandboxes their ids
/// @param owners names of teams
/// @param metadata what the sandbox's metadata must hold, all of it
public record Filter(Set<String> kinds, Set<String> sandboxes, Set<String> owners, Map<String, String> metadata) {
    /// Asks for everything.
    public static final Filter ALL = new Filter(Set.of(), Set.of(), Set.of(), Map.of());

    public Filter {
        kinds = Set.copyOf(kinds);
        sandboxes = Set.copyOf(sandboxes);
        owners = Set.copyOf(owners);
        metadata = Map.copyOf(metadata);
    }

    /// Whether the event is asked for.
    public boolean matches(Event event) {
        return (kinds.isEmpty() || kinds.contains(event.kind()) || kinds.contains(event.area()))
                && (sandboxes.isEmpty() || sandboxes.contains(event.sandbox()))
                && (owners.isEmpty() || owners.contains(event.owner()))
                && (metadata.isEmpty() || event.metadata().entrySet().containsAll(metadata.entrySet()));
    }
}
