package io.sandgate.e2e.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// For how long two replicas handed on events of the same shard, from what a webhook got of all of them.
///
/// A replica that begins to hand on events of a shard is its owner from then on, also when it repeats some. One that was an
/// owner before and hands on something that is not newer than what came since was never told to stop: both were owners, from the
/// first event of the present one to that event. An owner may come back where no replica has crashed meanwhile, since it
/// goes on then where the last one stopped.
public final class DoubleOwners {

    /// How far a shard has come; sessions are numbered in the order of their first events.
    private record Place(int session, long sequence) {
        boolean isAfter(Place other) {
            return session != other.session ? session > other.session : sequence > other.sequence;
        }
    }

    private static final class Owned {
        private final Set<String> former = new HashSet<>();
        private String owner = "";
        private long since;
        private Place furthest = new Place(0, 0);
        private long overlap;
    }

    private final Map<Integer, Owned> shards = new HashMap<>();
    private final Map<String, Integer> sessions = new HashMap<>();
    private final List<String> found = new ArrayList<>();
    private final Set<String> requests = new HashSet<>();

    private DoubleOwners() {}

    /// Looks through events in the order in which they came.
    public static DoubleOwners in(List<HandedOn> events) {
        DoubleOwners owners = new DoubleOwners();
        events.forEach(owners::add);
        return owners;
    }

    /// Looks through events of which one replica got into trouble on the way. Who takes its shards over may hand on again
    /// what it handed on last, and is no owner too many for having been one before: what others handed on before the trouble
    /// is left out.
    ///
    /// @param nanos when the trouble began, by `System.nanoTime()`
    public static DoubleOwners sinceTrouble(List<HandedOn> events, String replica, long nanos) {
        return in(events.stream().filter(event -> event.nanos() - nanos >= 0 || event.replica().equals(replica))
                .toList());
    }

    private void add(HandedOn event) {
        Owned shard = shards.computeIfAbsent(event.shard(), number -> new Owned());
        Place place = new Place(sessions.computeIfAbsent(event.session(), session -> sessions.size() + 1),
                event.sequence());
        boolean newer = place.isAfter(shard.furthest);
        if (!event.replica().equals(shard.owner)) {
            if (!newer && shard.former.contains(event.replica())) {
                shard.overlap = Math.max(shard.overlap, event.nanos() - shard.since);
                requests.add(event.replica() + " " + event.nanos());
                found.add("shard " + event.shard() + ": " + event.replica() + " handed on " + event.sequence() + " of "
                        + event.session() + ", " + (event.nanos() - shard.since) / 1_000_000 + " ms after "
                        + shard.owner + " had begun");
                return;
            }
            shard.former.add(shard.owner);
            shard.owner = event.replica();
            shard.since = event.nanos();
        }
        if (newer) {
            shard.furthest = place;
        }
    }

    /// The time of all shards together.
    public Duration time() {
        return Duration.ofNanos(shards.values().stream().mapToLong(shard -> shard.overlap).sum());
    }

    /// Each event that should not have been handed on.
    public List<String> found() {
        return List.copyOf(found);
    }

    /// How many requests such events came with.
    public int requests() {
        return requests.size();
    }

    /// How often shards went from one replica to another one.
    public int moves() {
        return shards.values().stream().mapToInt(shard -> shard.former.size() - 1).sum();
    }
}
