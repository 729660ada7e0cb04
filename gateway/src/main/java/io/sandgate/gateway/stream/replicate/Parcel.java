package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import java.util.List;

/// What a replica sends to another one in one request; immutable.
///
/// A log is told by ranges. Where that cannot be done (the first contact, another life of the log, a place that is no longer
/// kept), its state is told instead, in pages: first all names of what there is, then what was last of each, in the order in
/// which it happened.
public sealed interface Parcel {

    /// Who sent it.
    Stamp stamp();

    /// A range of the sender's log that was looked through.
    ///
    /// @param after the place before the range
    /// @param to the number of its last entry; that of `after` when it is empty
    /// @param entries those of the range that are the sender's own and for all replicas, in order
    record Range(Stamp stamp, Cursor after, long to, List<Relayed> entries) implements Parcel {
        public Range {
            entries = List.copyOf(entries);
        }
    }

    /// A page of the sender's state.
    ///
    /// @param place behind the last entry that the state counts in
    /// @param token the same in all pages of one telling, and in no other of the same start
    /// @param number of the page, from 0 without a hole
    record Page(Cursor place, long token, int number) {}

    /// Which subjects there are.
    ///
    /// @param last whether all have been told
    record Names(Stamp stamp, Page page, boolean last, List<String> subjects) implements Parcel {
        public Names {
            subjects = List.copyOf(subjects);
        }
    }

    /// What was last of subjects that the sender is the origin of.
    ///
    /// @param last whether the state has been told
    /// @param entries in the order in which they happened
    record States(Stamp stamp, Page page, boolean last, List<Relayed> entries) implements Parcel {
        public States {
            entries = List.copyOf(entries);
        }
    }
}
