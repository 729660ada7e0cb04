package io.sandgate.e2e.upstream;

import java.util.EnumMap;
import java.util.Map;

/// How often each mode applies from now on.
final class Modes {
    private final Map<Mode, Integer> times = new EnumMap<>(Mode.class);

    void turn(Mode mode, int count) {
        times.put(mode, count);
    }

    /// Whether a mode applies now, which is one time less for it.
    boolean take(Mode mode) {
        int left = times.getOrDefault(mode, 0);
        if (left > 0 && left < Integer.MAX_VALUE) {
            times.put(mode, left - 1);
        }
        return left > 0;
    }
}
