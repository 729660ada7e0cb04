package io.sandgate.membership;

import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.protocols.MERGE3;
import org.jgroups.stack.Protocol;

/// Lets `MERGE3`, which it stands on, look for others less often while every listed member is in the view: then there is
/// nobody to be found, and looking is half of what an idle group sends. As soon as one is missing it looks as often as set.
///
/// The view passes here before `MERGE3` plans its next look.
final class MergePace extends Protocol {
    /// So much rarer are the looks while nobody is missing.
    private static final int RARER = 5;

    private final MERGE3 merge;
    private final int listed;
    private final ClusterTimers timers;

    /// @param listed how many members there may be, this one among them
    MergePace(MERGE3 merge, int listed, ClusterTimers timers) {
        this.merge = merge;
        this.listed = listed;
        this.timers = timers;
    }

    @Override
    public Object down(Event event) {
        if (event.getType() == Event.VIEW_CHANGE && event.arg() instanceof View view) {
            pace(view.size() >= listed);
        }
        return super.down(event);
    }

    private void pace(boolean whole) {
        long min = timers.mergeMin().toMillis();
        long max = timers.mergeMax().toMillis();
        // each is checked against the other as it is at that moment
        if (whole) {
            merge.setMaxInterval(max * RARER);
            merge.setMinInterval(min * RARER);
        } else {
            merge.setMinInterval(min);
            merge.setMaxInterval(max);
        }
    }
}
