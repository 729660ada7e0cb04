package io.sandgate.sandbox.runtime.program;

import java.util.HashMap;
import java.util.Map;

/// Who listens to a program, and who of them holds its output back: it flows while nobody does. Thread-safe.
///
/// Implementation note: the flow is switched with the lock held, so that the last switch says what holds in the end. Whoever
/// left holds nothing any more, also when he says so later.
final class Holds {

    private final Flow flow;
    private final Map<Object, Boolean> listening = new HashMap<>();

    /// What is held back; not to block.
    @FunctionalInterface
    interface Flow {
        void hold(boolean hold);
    }

    Holds(Flow flow) {
        this.flow = flow;
    }

    synchronized void enter(Object listener) {
        listening.put(listener, false);
    }

    /// Sets whether one who listens holds the output back.
    synchronized void hold(Object listener, boolean hold) {
        if (listening.replace(listener, !hold, hold)) {
            settle();
        }
    }

    synchronized void leave(Object listener) {
        if (Boolean.TRUE.equals(listening.remove(listener))) {
            settle();
        }
    }

    private void settle() {
        flow.hold(listening.containsValue(true));
    }
}
