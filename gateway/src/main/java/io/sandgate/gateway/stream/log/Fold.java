package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;

/// What the entries come to: the newest one of each subject that is not gone, in the order of their numbers; bounded. Not
/// thread-safe.
final class Fold {
    private final LinkedHashMap<String, Entry> newest = new LinkedHashMap<>();
    private final int most;

    /// @param most how many subjects
    Fold(int most) {
        this.most = most;
    }

    /// Takes the next entry in.
    ///
    /// @return how many subjects were left out for want of room
    int apply(Entry entry) {
        String subject = entry.event().subject();
        if (subject.isEmpty()) {
            return 0;
        }
        newest.remove(subject);
        if (!entry.event().last()) {
            newest.put(subject, entry);
        }
        if (newest.size() <= most) {
            return 0;
        }
        newest.pollFirstEntry();
        return 1;
    }

    /// All of them.
    List<Entry> entries() {
        return Collections.unmodifiableList(new ArrayList<>(newest.values()));
    }

    void applyAll(Collection<Entry> entries) {
        entries.forEach(this::apply);
    }

    int size() {
        return newest.size();
    }
}
