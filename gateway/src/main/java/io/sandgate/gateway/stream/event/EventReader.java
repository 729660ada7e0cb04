package io.sandgate.gateway.stream.event;

import java.io.UncheckedIOException;
import java.util.List;

/// The log of this replica, for whoever follows it at his own pace. All methods may be called from any thread.
///
/// To wait for more: park, then look again whether the tip has moved, and only then rest. An append that came between the
/// last read and the parking told nobody.
public interface EventReader {

    /// What a read found.
    sealed interface Read {
        /// The entries right behind the place, in order and without a hole; at least one.
        record Entries(List<Entry> entries) implements Read {}

        /// Nothing is behind the place yet.
        record AtTip() implements Read {}

        /// What is behind the place is on disk only: ask [EventReader#readStored], which blocks.
        record Stored() implements Read {}

        /// What is behind the place cannot be read any more, or never could.
        record Lost(Loss loss) implements Read {}
    }

    /// Why a place cannot be read from.
    enum Loss {
        /// Its epoch is not that of this log.
        OTHER_EPOCH,
        /// What was behind it is no longer kept.
        TOO_OLD,
        /// It is behind the last entry.
        AHEAD
    }

    /// How far the log goes, at one moment.
    ///
    /// @param epoch of the log
    /// @param floor the lowest number that can be read; one more than `tip` when there is none
    /// @param tip the highest number that can be read; 0 when there was none yet
    record Extent(String epoch, long floor, long tip) {
        /// The place behind the last entry.
        public Cursor end() {
            return new Cursor(epoch, tip);
        }

        /// The place before the first entry that can be read.
        public Cursor start() {
            return new Cursor(epoch, floor - 1);
        }
    }

    /// The newest entry of each subject that is not gone, at one moment.
    ///
    /// @param cursor all that is before it is in `entries`, and nothing that is behind it
    /// @param entries in the order of their numbers
    record State(Cursor cursor, List<Entry> entries) {}

    /// How far the log goes now.
    Extent extent();

    /// What is behind a place, from memory; never blocks.
    ///
    /// @param maxEntries how many at most
    /// @param maxBytes of JSON at most, but for one entry
    Read read(Cursor after, int maxEntries, int maxBytes);

    /// What is behind a place, wherever it is; may block on the disk. Never answers [Read.Stored].
    ///
    /// @throws UncheckedIOException when the disk could not be read, which loses nothing: it may work later
    Read readStored(Cursor after, int maxEntries, int maxBytes);

    /// What there is now.
    State state();

    /// Calls the waker after each move of the tip, and when the epoch changes, on the appender's thread: it must return at
    /// once. Several moves may come as one call.
    ///
    /// @return ends it
    Runnable onAppend(Runnable waker);
}
