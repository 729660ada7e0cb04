package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.gateway.stream.replicate.Parcel.Page;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The state of another replica while its pages come, compared with what is known here. Confined to the loop.
final class StateIntake {

    /// Ends that are written at once at most.
    private static final int ENDS = 256;
    /// How the end of a thing is called, by its area.
    private static final Map<String, String> END_KINDS = Map.of("sandbox", "sandbox.killed", "route", "route.deleted",
            "shard", "shard.released");
    private static final String END_DATA = "{\"resync\":true}";

    /// What is known here of a subject.
    private record Known(Origin origin, Event event) {}

    /// The end of a subject that its replica does not name any more.
    record Ended(String subject, Event event) {}

    private final String from;
    private final Page first;
    private final Optional<Cursor> heard;
    private final Map<String, Known> known = new HashMap<>();
    /// Of the sender, and not named by it so far.
    private final Map<String, Event> unnamed = new LinkedHashMap<>();
    private int next;

    /// @param here what is known at this replica
    /// @param heard how far the sender was known when it began
    StateIntake(String from, Page first, EventReader.State here, Optional<Cursor> heard) {
        this.from = from;
        this.first = first;
        this.heard = heard;
        for (Entry entry : here.entries()) {
            known.put(entry.event().subject(), new Known(entry.origin(), entry.event()));
            if (isSenders(entry.origin())) {
                unnamed.put(entry.event().subject(), entry.event());
            }
        }
    }

    private boolean isSenders(Origin origin) {
        return origin.replica().equals(from);
    }

    // --- pages --------------------------------------------------------------------------------------------------------------

    boolean isOf(Page page) {
        return page.token() == first.token() && page.place().equals(first.place());
    }

    boolean isNext(Page page) {
        return page.number() == next;
    }

    /// Whether the page is the one that was taken last.
    boolean isLast(Page page) {
        return page.number() == next - 1;
    }

    void taken() {
        next++;
    }

    // --- names --------------------------------------------------------------------------------------------------------------

    void named(List<String> subjects) {
        subjects.forEach(unnamed::remove);
    }

    /// Some of the subjects that ended without this replica hearing of it, as events of its own: it is what noticed.
    List<Ended> unnamed(Instant now) {
        return unnamed.values().stream().limit(ENDS).map(event -> new Ended(event.subject(), end(event, now))).toList();
    }

    private static Event end(Event event, Instant now) {
        String kind = END_KINDS.getOrDefault(event.area(), event.area() + ".ended");
        return new Event(kind, event.subject(), true, now, event.sandbox(), event.owner(), event.metadata(), END_DATA,
                Event.Reach.REPLICA);
    }

    void ended(Ended end) {
        unnamed.remove(end.subject());
        known.remove(end.subject());
    }

    // --- states -------------------------------------------------------------------------------------------------------------

    /// Those that are newer than what is known here, or not known.
    List<Relayed> wanted(List<Relayed> entries) {
        return entries.stream().filter(this::isWanted).toList();
    }

    private boolean isWanted(Relayed entry) {
        Known held = known.get(entry.event().subject());
        Cursor cursor = entry.cursor();
        if (held == null) {
            // what was heard and is not here any more has ended by another replica's word
            return heard.filter(place -> place.epoch().equals(cursor.epoch()) && place.seq() >= cursor.seq()).isEmpty();
        }
        if (!isSenders(held.origin())) {
            // two replicas speak of it, as when one took it over: the later word counts
            return entry.event().at().isAfter(held.event().at());
        }
        Cursor mine = held.origin().cursor();
        return mine.epoch().equals(cursor.epoch()) ? cursor.seq() > mine.seq() : !isSame(held.event(), entry.event());
    }

    private static boolean isSame(Event one, Event other) {
        return one.data().equals(other.data()) && one.metadata().equals(other.metadata())
                && one.owner().equals(other.owner()) && one.sandbox().equals(other.sandbox());
    }

    void stored(Relayed entry) {
        known.put(entry.event().subject(), new Known(new Origin(from, entry.cursor()), entry.event()));
    }
}
