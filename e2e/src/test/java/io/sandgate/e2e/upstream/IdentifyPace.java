package io.sandgate.e2e.upstream;

import java.util.HashMap;
import java.util.Map;

/// When the last IDENTIFY of each key was received. Times are in nanoseconds.
///
/// A message that came while the loop was busy is read late. So each is known to have come after one time and before another, and
/// only what is an offence for certain is judged to be one.
final class IdentifyPace {
    private final Map<Integer, Long> last = new HashMap<>();

    /// Whether an IDENTIFY keeps the window. One that does not is received all the same, and counts for the next one.
    ///
    /// @param earliest the time before which it cannot have come
    /// @param now when it was read
    boolean admits(int key, long earliest, long now, long window) {
        Long before = last.put(key, earliest);
        return before == null || now - before >= window;
    }

    /// Forgets all: the keys mean something else from now on.
    void clear() {
        last.clear();
    }
}
