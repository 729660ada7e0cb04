package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a subscriber gets; immutable.
///
/// @param team whose events only; empty for operators, who may see all
/// @param filter what was asked for of those
/// @param start where to begin
public record Subscription(Optional<String> team, Filter filter, Start start) {

    /// Whether the subscriber gets the event.
    private boolean wants(Event event) {
        return (team.isEmpty() || team.get().equals(event.owner())) && filter.matches(event);
    }

    /// What the subscriber gets of these, in the same order. Mostly that is all of them, or nothing.
    List<Entry> wanted(List<Entry> entries) {
        int first = 0;
        while (first < entries.size() && wants(entries.get(first).event())) {
            first++;
        }
        if (first == entries.size()) {
            return entries;
        }
        List<Entry> wanted = new ArrayList<>(entries.subList(0, first));
        for (Entry entry : entries.subList(first + 1, entries.size())) {
            if (wants(entry.event())) {
                wanted.add(entry);
            }
        }
        return wanted;
    }
}
