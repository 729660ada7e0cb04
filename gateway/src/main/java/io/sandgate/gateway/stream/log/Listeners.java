package io.sandgate.gateway.stream.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is called when something happens, one after the other; one that fails does not keep it from the next. Thread-safe.
final class Listeners {
    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    /// One of them; two that are given the same action are still two.
    private static final class Listener {
        private final Runnable action;

        Listener(Runnable action) {
            this.action = action;
        }
    }

    private final List<Listener> all = new CopyOnWriteArrayList<>();

    /// Adds one.
    ///
    /// @return ends it
    Runnable add(Runnable action) {
        Listener listener = new Listener(action);
        all.add(listener);
        return () -> all.remove(listener);
    }

    void call() {
        for (Listener listener : all) {
            try {
                listener.action.run();
            } catch (Throwable e) {
                // the thread is not theirs to end
                log.error("events.listener_failed", e);
            }
        }
    }
}
