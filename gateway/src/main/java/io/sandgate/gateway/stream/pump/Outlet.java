package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Entry;
import java.util.List;

/// Where a subscriber's frames are written. Used on the subscriber's loop only; never blocks.
public interface Outlet {

    /// Whether so much waits that nothing more should be written now. When that is over, [Pump#drained] is called.
    boolean isFull();

    /// Writes events as one write.
    ///
    /// @param epoch of their numbers
    /// @param entries in order, at least one; the list does not change
    void events(String epoch, List<Entry> entries);

    /// Writes events of the state, from which no subscriber can go on, as one write.
    ///
    /// @param entries at least one; the list does not change
    void state(List<Entry> entries);

    /// Writes what the server says.
    void note(Note note);

    /// Writes the last note and closes when it has left, or after a short time all the same. Nothing is written afterwards.
    void end(End end, Note note);

    /// Closes at once. Nothing is written afterwards.
    void abort();
}
