package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.replicate.Parcel.Names;
import io.sandgate.gateway.stream.replicate.Parcel.Page;
import io.sandgate.gateway.stream.replicate.Parcel.States;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The state of this replica on its way to one peer, page by page. Confined to one thread at a time.
final class StateOffer {

    /*
     * Implementation notes.
     *
     * The names come first, and the peer ends what is not among them before it appends anything. So the ends are written
     * while the peer still says that it knows an earlier place, and a telling that breaks off there begins anew.
     *
     * The states come in the order of their places. So a telling that breaks off among them leaves the peer at the place of
     * the last one that it has, and all that was before that place is told: going on from there as usual misses nothing.
     *
     * Names are those of all that is for all replicas, whoever it happened at last: what another replica took over has not
     * ended, though it is not told from here any more. States are only those of this replica.
     */

    /// Characters of names in one page at most, but for one name.
    private static final int NAME_CHARACTERS = 128 << 10;

    private final Cursor place;
    private final long token;
    private final List<List<String>> names;
    private final List<List<Relayed>> states;
    private int page;

    StateOffer(String self, EventReader.State state, long token, int maxEntries, int maxBytes) {
        this.place = state.cursor();
        this.token = token;
        this.names = names(state.entries());
        this.states = states(self, state, maxEntries, maxBytes);
    }

    private static List<List<String>> names(List<Entry> entries) {
        List<List<String>> pages = new ArrayList<>();
        List<String> open = new ArrayList<>();
        int characters = 0;
        for (Entry entry : entries) {
            if (entry.event().reach() == Reach.CLUSTER) {
                String subject = entry.event().subject();
                if (!open.isEmpty() && characters + subject.length() > NAME_CHARACTERS) {
                    pages.add(open);
                    open = new ArrayList<>();
                    characters = 0;
                }
                open.add(subject);
                characters += subject.length();
            }
        }
        pages.add(open);
        return pages;
    }

    private static List<List<Relayed>> states(String self, EventReader.State state, int maxEntries, int maxBytes) {
        List<Entry> own = state.entries().stream().filter(entry -> isTold(self, entry))
                // what is left of an earlier life of the log is before all of this one
                .sorted(Comparator.<Entry>comparingInt(entry -> isOfLife(entry, state.cursor()) ? 1 : 0)
                        .thenComparingLong(entry -> entry.origin().cursor().seq()))
                .toList();
        List<List<Relayed>> pages = new ArrayList<>();
        List<Relayed> open = new ArrayList<>();
        int bytes = 0;
        for (Entry entry : own) {
            int size = entry.json().length();
            if (!open.isEmpty() && (open.size() == maxEntries || bytes + size > maxBytes)) {
                pages.add(open);
                open = new ArrayList<>();
                bytes = 0;
            }
            open.add(relayed(entry));
            bytes += size;
        }
        pages.add(open);
        return pages;
    }

    private static boolean isOfLife(Entry entry, Cursor place) {
        return entry.origin().cursor().epoch().equals(place.epoch());
    }

    /// Whether an entry goes from here to the other replicas.
    static boolean isTold(String self, Entry entry) {
        return entry.origin().replica().equals(self) && entry.event().reach() == Reach.CLUSTER;
    }

    static Relayed relayed(Entry entry) {
        return new Relayed(entry.origin().cursor(), entry.event());
    }

    /// Behind the last entry that the state counts in.
    Cursor place() {
        return place;
    }

    /// The page that is next.
    Parcel parcel(Stamp stamp) {
        Page which = new Page(place, token, page);
        int ofStates = page - names.size();
        return ofStates < 0
                ? new Names(stamp, which, ofStates == -1, names.get(page))
                : new States(stamp, which, ofStates == states.size() - 1, states.get(ofStates));
    }

    /// The peer has taken the page.
    ///
    /// @return whether it was the last
    boolean taken() {
        page++;
        return page == names.size() + states.size();
    }
}
