package io.sandgate.gateway.limit;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// The usage of each address, or of each key. Not thread-safe.
///
/// Those with something open are as many as there are connections at most. Of those with nothing open only the ones are kept
/// whose bucket is not full, and of these so many; the one that was used least recently goes first.
final class Usages {
    static final int MOST_IDLE = 10_000;

    private final Limit limit;
    private final Map<String, Usage> busy = new HashMap<>();
    private final LinkedHashMap<String, Usage> idle = new LinkedHashMap<>(16, 0.75f, true);

    Usages(Limit limit) {
        this.limit = limit;
    }

    /// What there is of a name, or a new one that is not kept yet.
    Usage get(String name, long now) {
        Usage open = busy.get(name);
        if (open != null) {
            return open;
        }
        Usage resting = idle.get(name);
        return resting != null ? resting : new Usage(limit, now);
    }

    void open(String name, Usage usage) {
        usage.open();
        idle.remove(name);
        busy.put(name, usage);
    }

    void close(String name, long now) {
        Usage usage = busy.get(name);
        if (usage == null) {
            return;
        }
        usage.close();
        if (usage.isIdle()) {
            busy.remove(name);
            rest(name, usage, now);
        }
    }

    int size() {
        return busy.size() + idle.size();
    }

    private void rest(String name, Usage usage, long now) {
        if (usage.isFresh(now)) {
            return;
        }
        idle.put(name, usage);
        if (idle.size() > MOST_IDLE) {
            idle.pollFirstEntry();
        }
    }
}
