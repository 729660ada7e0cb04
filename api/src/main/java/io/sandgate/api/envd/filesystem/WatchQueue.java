package io.sandgate.api.envd.filesystem;

import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import io.sandgate.sandbox.runtime.SandboxFiles.WatchListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a watch saw and its client has not got yet, up to a bound; beyond it the watch is over. Thread-safe.
final class WatchQueue implements WatchListener {

    static final int MAX = 4096;
    /// Of all names together: a path may be as long as 4,096.
    static final int MAX_CHARACTERS = 512 * 1024;

    /// Something that happened.
    record Event(Change change, String name) {}

    private final Runnable changed;
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private int characters;
    private @Nullable String end;

    /// @param changed is called after each change, and must not block
    WatchQueue(Runnable changed) {
        this.changed = changed;
    }

    @Override
    public void changed(Change change, String name) {
        synchronized (this) {
            if (end != null) {
                return;
            }
            if (events.size() == MAX || characters + name.length() > MAX_CHARACTERS) {
                end = "more than " + MAX + " events, or " + MAX_CHARACTERS
                        + " characters of their names, were not read in time";
            } else {
                events.add(new Event(change, name));
                characters += name.length();
            }
        }
        changed.run();
    }

    @Override
    public void ended(String reason) {
        synchronized (this) {
            if (end == null) {
                end = reason;
            }
        }
        changed.run();
    }

    /// Takes up to so many of the oldest.
    synchronized List<Event> take(int max) {
        List<Event> taken = new ArrayList<>(Math.min(max, events.size()));
        while (taken.size() < max && !events.isEmpty()) {
            Event next = events.remove();
            characters -= next.name().length();
            taken.add(next);
        }
        return taken;
    }

    /// Why nothing follows, once everything was taken.
    synchronized Optional<String> end() {
        return events.isEmpty() ? Optional.ofNullable(end) : Optional.empty();
    }
}
