package io.sandgate.gateway.shard.sink;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Events that are handed on together, however many attempts it takes.
///
/// Each attempt asks anew which are current, and writes those only. The others are let go at once, but for those behind one of
/// their own shard that is being written: these wait for it, so that each shard hears of its events in order.
final class Batch {

    /// An event with what the present attempt does with it.
    private record Entry(Offer offer, boolean isWritten) {}

    private List<Entry> entries;

    Batch(List<Offer> offers) {
        entries = offers.stream().map(offer -> new Entry(offer, false)).toList();
    }

    /// Writes what is current; false when nothing is left to hand on.
    boolean write(Lines lines) {
        lines.clear();
        List<Entry> kept = new ArrayList<>(entries.size());
        Set<ShardId> written = new HashSet<>();
        for (Entry entry : entries) {
            Offer offer = entry.offer();
            boolean isCurrent = offer.isCurrent();
            if (isCurrent) {
                lines.add(offer.event());
                written.add(offer.event().shard());
            }
            if (written.contains(offer.event().shard())) {
                kept.add(new Entry(offer, isCurrent));
            } else {
                offer.done(false);
            }
        }
        entries = kept;
        return !kept.isEmpty();
    }

    /// What was written last is where it cannot be lost.
    void accepted() {
        entries.forEach(entry -> entry.offer().done(entry.isWritten()));
    }

    /// Nothing of it is handed on any more.
    void letGo() {
        entries.forEach(entry -> entry.offer().done(false));
    }
}
