package io.sandgate.gateway.stream.serve;

import io.sandgate.gateway.stream.event.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// The last batches as they were encoded: the subscribers of one event loop who are at the tip get the same events one after
/// the other. Belongs to its event loop.
///
/// @param <T> what a batch is encoded to
final class BatchMemo<T> {
    private static final int KEPT = 4;

    private record Kept<T>(String epoch, List<Entry> entries, T encoded) {
        boolean isOf(String otherEpoch, List<Entry> others) {
            return entries.size() == others.size() && epoch.equals(otherEpoch)
                    && entries.getFirst().seq() == others.getFirst().seq()
                    && entries.getLast().seq() == others.getLast().seq() && isSame(others);
        }

        /// Two filters can have the first and the last event in common, and others between.
        private boolean isSame(List<Entry> others) {
            if (entries.getLast().seq() - entries.getFirst().seq() == entries.size() - 1) {
                return true;
            }
            Iterator<Entry> other = others.iterator();
            return entries.stream().allMatch(entry -> entry.seq() == other.next().seq());
        }
    }

    private final Deque<Kept<T>> kept = new ArrayDeque<>();
    private final Consumer<T> dropped;

    /// @param dropped gets what is not kept any longer
    BatchMemo(Consumer<T> dropped) {
        this.dropped = dropped;
    }

    /// The batch encoded; it stays the memo's.
    T get(String epoch, List<Entry> entries, Function<List<Entry>, T> encode) {
        for (Kept<T> each : kept) {
            if (each.isOf(epoch, entries)) {
                return each.encoded();
            }
        }
        T encoded = encode.apply(entries);
        kept.addFirst(new Kept<>(epoch, entries, encoded));
        if (kept.size() > KEPT) {
            dropped.accept(kept.removeLast().encoded());
        }
        return encoded;
    }

    /// Keeps nothing.
    void clear() {
        kept.forEach(each -> dropped.accept(each.encoded()));
        kept.clear();
    }
}
