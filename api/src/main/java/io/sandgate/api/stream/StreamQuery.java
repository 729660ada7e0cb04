package io.sandgate.api.stream;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.pump.Filter;
import io.sandgate.gateway.stream.pump.FilterQuery;
import io.sandgate.gateway.stream.pump.Start;
import io.sandgate.gateway.stream.pump.Subscription;
import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the query of `GET /events`.
final class StreamQuery {
    private static final String AFTER = "after";
    private static final String SNAPSHOT = "snapshot";
    private static final String OLDEST = "oldest";

    /// What a query cannot be.
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Refusal refusal;

        RefusedException(Refusal refusal) {
            super(refusal.message());
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }

    private final MultiMap query;
    private final Optional<String> lastEventId;
    private final Extent extent;

    /// @param query decoded
    /// @param lastEventId where a browser stopped that connects again by itself
    /// @param extent how far the log goes
    StreamQuery(MultiMap query, Optional<String> lastEventId, Extent extent) {
        this.query = query;
        this.lastEventId = lastEventId;
        this.extent = extent;
    }

    /// What is subscribed to.
    ///
    /// @param team whose events only, which is then the only owner that may be asked for
    /// @throws RefusedException when it is not allowed
    Subscription parse(Optional<String> team) {
        Set<String> known = new HashSet<>(FilterQuery.PARAMETERS);
        known.addAll(List.of(AFTER, SNAPSHOT));
        team.ifPresent(own -> known.add("ticket"));
        for (String name : query.names()) {
            if (!known.contains(name)) {
                throw new RefusedException(Refusal.query(name + ": no parameter of this call (expected: "
                        + String.join(", ", known.stream().sorted().toList()) + ")"));
            }
            if (query.getAll(name).size() > 1) {
                throw new RefusedException(Refusal.query(name + ": given more than once (expected: once)"));
            }
        }
        Filter filter = filter();
        team.ifPresent(own -> filter.owners().stream().filter(owner -> !owner.equals(own)).findFirst()
                .ifPresent(other -> {
                    throw new RefusedException(
                            Refusal.forbidden("owner: " + other + " (expected: the team of the key, " + own + ")"));
                }));
        return new Subscription(team, filter, start());
    }

    private Filter filter() {
        try {
            return FilterQuery.parse(name -> Optional.ofNullable(query.get(name)));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Refusal.filter(String.valueOf(e.getMessage())));
        }
    }

    private Start start() {
        boolean snapshot = isSnapshot();
        Optional<String> after = Optional.ofNullable(query.get(AFTER));
        if (after.isPresent() && snapshot) {
            throw new RefusedException(Refusal.query("after: not together with snapshot=true (expected: one of them)"));
        }
        if (snapshot) {
            // who connects again goes on where he was, and takes the state anew where that is gone
            return lastEventId.flatMap(Cursor::parse).<Start>map(Start.After::new)
                    .filter(start -> start.loss(extent).isEmpty()).orElseGet(Start.Snapshot::new);
        }
        // a browser that connects again sends the same query, and how far it came
        Optional<String> place = lastEventId.or(() -> after);
        if (place.isEmpty()) {
            return new Start.Tip();
        }
        if (place.get().equals(OLDEST)) {
            return new Start.Oldest();
        }
        Cursor cursor = Cursor.parse(place.get())
                .orElseThrow(() -> new RefusedException(Refusal.cursorMalformed(place.get())));
        Start start = new Start.After(cursor);
        start.loss(extent).ifPresent(loss -> {
            throw new RefusedException(Refusal.cursor(cursor, loss, extent));
        });
        return start;
    }

    private boolean isSnapshot() {
        String given = query.get(SNAPSHOT);
        if (given == null || given.equals("false")) {
            return false;
        }
        if (!given.equals("true")) {
            throw new RefusedException(Refusal.query("snapshot: " + given + " (expected: true or false)"));
        }
        return true;
    }
}
