package io.sandgate.api.envd.filesystem;

import io.sandgate.api.envd.wire.Timers.Timer;
import io.sandgate.sandbox.runtime.SandboxFiles.Watch;

/// A watch whose client asks for what happened. It is over when nobody asks for a while.
record PolledWatcher(Watched watched, WatchQueue queue, Watch watch, Timer expiry) {

    void close() {
        expiry.cancel();
        watch.close();
    }

    PolledWatcher expiringBy(Timer next) {
        expiry.cancel();
        return new PolledWatcher(watched, queue, watch, next);
    }
}
