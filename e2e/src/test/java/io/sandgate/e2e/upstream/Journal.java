package io.sandgate.e2e.upstream;

import java.util.ArrayList;
import java.util.List;

/// A list that is written on the upstream's loop and may be read from any thread. It keeps a bounded number of entries, and
/// rather fails to be read than lacks some.
final class Journal<T> {
    private static final int MAX_ENTRIES = 200_000;

    private final String name;
    private final List<T> entries = new ArrayList<>();
    private boolean full;

    Journal(String name) {
        this.name = name;
    }

    synchronized void add(T entry) {
        if (entries.size() == MAX_ENTRIES) {
            full = true;
        } else {
            entries.add(entry);
        }
    }

    synchronized List<T> snapshot() {
        if (full) {
            throw new IllegalStateException(name + ": more than " + MAX_ENTRIES + " (expected: a shorter test)");
        }
        return List.copyOf(entries);
    }
}
