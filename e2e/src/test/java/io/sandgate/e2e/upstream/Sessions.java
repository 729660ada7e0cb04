package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Dispatch.Numbered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/// All sessions, those that ended too, and the running numbers of the shards. Confined to the loop.
final class Sessions {
    private static final int MAX_SESSIONS = 100_000;
    private static final int MAX_EVENTS = 50_000_000;

    private final Map<String, Session> all = new LinkedHashMap<>();
    private final Map<Shard, List<Session>> live = new LinkedHashMap<>();
    private final Map<Shard, Integer> numbers = new HashMap<>();
    private int events;

    Session open(Shard shard, long intents, Connection connection) {
        if (all.size() == MAX_SESSIONS) {
            throw new IllegalStateException("sessions: " + MAX_SESSIONS + " (expected: a shorter test)");
        }
        Session session = new Session(UUID.randomUUID().toString().replace("-", ""), shard, intents,
                connection.query());
        session.connection(connection);
        all.put(session.id(), session);
        live.computeIfAbsent(shard, _ -> new ArrayList<>(1)).add(session);
        return session;
    }

    /// One that did not end.
    Optional<Session> find(String id) {
        return Optional.ofNullable(all.get(id)).filter(session -> !session.hasEnded());
    }

    Optional<Session> findAny(String id) {
        return Optional.ofNullable(all.get(id));
    }

    /// Ends a session, and lets go of its connection.
    void end(Session session, String reason) {
        if (session.hasEnded()) {
            return;
        }
        session.end(reason);
        List<Session> others = live.getOrDefault(session.shard(), List.of());
        others.remove(session);
        if (others.isEmpty()) {
            live.remove(session.shard());
        }
    }

    List<Session> live() {
        return live.values().stream().flatMap(List::stream).toList();
    }

    /// The shards that have a session.
    Set<Shard> shards() {
        return Set.copyOf(live.keySet());
    }

    /// Gives an event to one session.
    void give(Session session, Dispatch event, int replayDepth) {
        if (events == MAX_EVENTS) {
            throw new IllegalStateException("events: " + MAX_EVENTS + " (expected: a shorter test)");
        }
        events++;
        session.give(event, replayDepth);
    }

    /// Gives an event to all sessions of the shards that match.
    ///
    /// @return how many sessions got it
    int publish(Predicate<Shard> shards, Dispatch event, int replayDepth) {
        int given = 0;
        for (Session session : live()) {
            if (shards.test(session.shard())) {
                give(session, event, replayDepth);
                given++;
            }
        }
        return given;
    }

    /// Gives the shard's next steady event to its sessions, when it has any.
    void publishNext(Shard shard, int replayDepth) {
        List<Session> sessions = List.copyOf(live.getOrDefault(shard, List.of()));
        if (!sessions.isEmpty()) {
            Dispatch event = new Numbered(shard, Guilds.first(shard), numbers.merge(shard, 1, Integer::sum));
            sessions.forEach(session -> give(session, event, replayDepth));
        }
    }

    List<SessionSeen> seen() {
        return all.values().stream().map(Session::seen).toList();
    }
}
