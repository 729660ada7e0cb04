package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader.State;
import io.sandgate.gateway.stream.event.Origin;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What readers see of a log. The appender writes it; anyone reads it.
///
/// Entries are read without a lock. The state moves together with the tip under a lock that is never held over a wait, so
/// that whoever asks for it gets one moment.
final class View {
    private final String replica;
    private final Map<String, Cursor> heard;
    private final Fold fold;
    private volatile Life life;
    private @Nullable State last;

    /// @param replica the id of this one
    /// @param life the first epoch
    /// @param before what its entries came to
    View(String replica, Life life, Checkpoint before, int subjects) {
        this.replica = replica;
        this.life = life;
        this.heard = new ConcurrentHashMap<>(before.heard());
        this.fold = new Fold(subjects);
        fold.applyAll(before.state());
    }

    /// The epoch that goes on.
    Life life() {
        return life;
    }

    /// Shows the next entries, which are stored.
    ///
    /// @return how many subjects were left out for want of room
    synchronized int show(List<Entry> entries) {
        int dropped = 0;
        for (Entry entry : entries) {
            life.memory().append(entry);
            dropped += fold.apply(entry);
            if (!entry.origin().replica().equals(replica)) {
                noteHeard(entry.origin());
            }
        }
        last = null;
        return dropped;
    }

    /// Goes on with another epoch. What is known stays.
    synchronized void begin(Life other) {
        life = other;
        last = null;
    }

    /// What there is at one moment.
    synchronized State state() {
        State state = last;
        if (state == null) {
            state = new State(life.extent().end(), fold.entries());
            last = state;
        }
        return state;
    }

    /// What the entries of this epoch came to.
    Checkpoint checkpoint() {
        State state = state();
        return new Checkpoint(state.cursor().seq(), state.entries(), heard());
    }

    synchronized int subjects() {
        return fold.size();
    }

    /// How far each other replica was heard.
    Map<String, Cursor> heard() {
        return Map.copyOf(heard);
    }

    /// Notes how far a replica was heard; never back within its epoch.
    void noteHeard(Origin origin) {
        heard.merge(origin.replica(), origin.cursor(), (was, now) -> was.epoch().equals(now.epoch())
                && was.seq() > now.seq() ? was : now);
    }
}
