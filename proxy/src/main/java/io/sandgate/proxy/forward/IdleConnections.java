package io.sandgate.proxy.forward;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Unused connections to sandboxes, the one that is unused for longest first. A connection comes and goes with each request, so
/// it carries its links itself. Confined to one thread.
final class IdleConnections {

    /// Where a connection is among them.
    static final class Place {
        private @Nullable Upstream before;
        private @Nullable Upstream after;
        private boolean taken;
    }

    private @Nullable Upstream first;
    private @Nullable Upstream last;

    boolean isEmpty() {
        return first == null;
    }

    /// The one that is unused for longest.
    @Nullable
    Upstream longest() {
        return first;
    }

    void add(Upstream upstream) {
        Place place = upstream.place();
        place.taken = true;
        place.before = last;
        place.after = null;
        if (last == null) {
            first = upstream;
        } else {
            last.place().after = upstream;
        }
        last = upstream;
    }

    /// Takes one out, and says whether it was among them.
    boolean remove(Upstream upstream) {
        Place place = upstream.place();
        if (!place.taken) {
            return false;
        }
        if (place.before == null) {
            first = place.after;
        } else {
            place.before.place().after = place.after;
        }
        if (place.after == null) {
            last = place.before;
        } else {
            place.after.place().before = place.before;
        }
        place.taken = false;
        place.before = null;
        place.after = null;
        return true;
    }

    /// Those whose time is over.
    List<Upstream> overdue(long now) {
        List<Upstream> overdue = new ArrayList<>();
        for (Upstream each = first; each != null; each = each.place().after) {
            if (each.idleUntil() - now <= 0) {
                overdue.add(each);
            }
        }
        return overdue;
    }
}
