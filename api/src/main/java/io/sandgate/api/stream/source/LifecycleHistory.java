package io.sandgate.api.stream.source;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Origin;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Predicate;

/// The latest events of sandboxes, of all replicas that this one hears of, in the order of their times: the same on every
/// replica that has heard the same. Of events of one moment those of one replica keep their order.
///
/// Bounded; when it is full, a team that has more than its even share loses its oldest event, or else the oldest of all goes.
/// One thread may write; any may read, and sees a write that is under way or not.
public final class LifecycleHistory {
    private static final String AREA = "sandbox";
    /// What is kept, on average: many events with much metadata leave room for fewer.
    private static final long CHARACTERS_EACH = 4096;

    /// An event and where it comes from; immutable.
    public record Happened(Origin origin, Event event) implements Comparable<Happened> {
        /// By time, and then by origin.
        @Override
        public int compareTo(Happened other) {
            int order = event.at().compareTo(other.event.at());
            if (order == 0) {
                order = origin.replica().compareTo(other.origin.replica());
            }
            return order == 0 ? origin.cursor().compareTo(other.origin.cursor()) : order;
        }

        long characters() {
            long metadata = event.metadata().entrySet().stream()
                    .mapToLong(entry -> entry.getKey().length() + entry.getValue().length()).sum();
            return metadata + event.data().length();
        }
    }

    private final int most;
    private final Counter dropped;
    private final NavigableSet<Happened> all = new TreeSet<>();
    private final Map<String, NavigableSet<Happened>> byTeam = new ConcurrentHashMap<>();
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private long characters;
    private volatile int size;

    /// @param most how many events are kept at most
    public LifecycleHistory(int most, MeterRegistry meters) {
        this.most = most;
        Gauge.builder("sandgate.events.history", this, each -> each.size)
                .description("events of sandboxes that are kept for lists").register(meters);
        this.dropped = Counter.builder("sandgate.events.history.dropped")
                .description("events of sandboxes that are not kept any more, to make room").register(meters);
    }

    /// Keeps what is an event of a sandbox, unless it is kept already.
    ///
    /// @return whether it was one, and new
    public boolean add(Entry entry) {
        Event event = entry.event();
        Happened happened = new Happened(entry.origin(), event);
        if (!event.area().equals(AREA) || event.owner().isEmpty() || !all.add(happened)) {
            return false;
        }
        byTeam.computeIfAbsent(event.owner(), team -> new ConcurrentSkipListSet<>()).add(happened);
        counts.merge(event.owner(), 1, Integer::sum);
        characters += happened.characters();
        while (all.size() > most || (characters > most * CHARACTERS_EACH && all.size() > 1)) {
            remove(excess(event.owner()));
            dropped.increment();
        }
        size = all.size();
        return true;
    }

    private Happened excess(String team) {
        NavigableSet<Happened> own = byTeam.get(team);
        if (own != null && (long) counts.getOrDefault(team, 0) * counts.size() > most) {
            return own.first();
        }
        return all.first();
    }

    private void remove(Happened happened) {
        String team = happened.event().owner();
        all.remove(happened);
        characters -= happened.characters();
        NavigableSet<Happened> own = byTeam.get(team);
        if (own != null) {
            own.remove(happened);
        }
        if (counts.merge(team, -1, Integer::sum) == 0) {
            counts.remove(team);
            byTeam.remove(team);
        }
    }

    /// Some events of a team.
    ///
    /// @param ascending oldest first; else newest first
    /// @param offset how many of them to leave out at the beginning
    /// @param limit how many at most
    public List<Happened> find(String team, Predicate<Event> filter, boolean ascending, long offset, int limit) {
        NavigableSet<Happened> own = byTeam.get(team);
        if (own == null) {
            return List.of();
        }
        return (ascending ? own : own.descendingSet()).stream().filter(happened -> filter.test(happened.event()))
                .skip(offset).limit(limit).toList();
    }
}
