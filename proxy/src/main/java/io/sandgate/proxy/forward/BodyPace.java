package io.sandgate.proxy.forward;

import org.jspecify.annotations.Nullable;

/// Whether a client sends its bodies slower than anybody has to: a drop now and then keeps a connection from being idle, and
/// whatever it leads to occupied. Seen by looking now and then; confined to the client's event loop.
final class BodyPace {
    private final long windowNanos;
    private final long least;
    private @Nullable Stage present;
    private long since;
    private long before;

    BodyPace(ForwardSettings.Clients settings) {
        this.windowNanos = settings.bodyWindow().toNanos();
        this.least = settings.leastBodyRate() * settings.bodyWindow().toMillis() / 1_000;
    }

    /// Whether too little of a stage's body has come within the time for it. What the client could not help, such as a sandbox
    /// that takes nothing, begins the time anew.
    boolean isTooSlow(Stage stage, long now) {
        long taken = stage.bodyTaken();
        boolean waited = taken != Stage.NO_BODY && stage.equals(present);
        if (waited && now - since < windowNanos) {
            return false;
        }
        boolean slow = waited && taken - before < least;
        present = taken == Stage.NO_BODY ? null : stage;
        since = now;
        before = taken;
        return slow;
    }
}
