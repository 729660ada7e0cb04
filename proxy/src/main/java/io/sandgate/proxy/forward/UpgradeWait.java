package io.sandgate.proxy.forward;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a request for an upgrade takes until it is answered: room for a tunnel, and no more than the time for it. Confined to the
/// client's event loop.
final class UpgradeWait {
    private final LoopResources loop;
    private @Nullable ScheduledFuture<?> timer;
    private boolean room;

    UpgradeWait(LoopResources loop) {
        this.loop = loop;
    }

    /// Takes room for one tunnel, if there is any.
    boolean takeRoom() {
        room = loop.budget().takeTunnel();
        return room;
    }

    /// The request has been sent.
    ///
    /// @param tooLate what to do when it is not answered in time
    void begin(Runnable tooLate) {
        timer = loop.eventLoop().schedule(tooLate, loop.settings().upstreams().upgradeTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /// The answer has begun, or will not come.
    void answered() {
        ScheduledFuture<?> running = timer;
        if (running != null) {
            timer = null;
            running.cancel(false);
        }
    }

    /// There will be no tunnel.
    void end() {
        answered();
        if (room) {
            room = false;
            loop.budget().giveBackTunnel();
        }
    }
}
