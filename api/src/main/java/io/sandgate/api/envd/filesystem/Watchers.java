package io.sandgate.api.envd.filesystem;

import io.sandgate.api.envd.connect.CallHeaders;
import io.sandgate.api.envd.connect.ConnectCode;
import io.sandgate.api.envd.connect.ConnectException;
import io.sandgate.api.envd.connect.EventStream;
import io.sandgate.api.envd.wire.CallBudget;
import io.sandgate.api.envd.wire.Timers;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.SandboxFiles.Watch;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The watches of one sandbox: those whose events go out as streams, and those that are asked for events. Both count
/// against one bound. Thread-safe.
public final class Watchers {

    /// A client that asks at all does so every few seconds.
    static final Duration EXPIRY = Duration.ofMinutes(10);

    private final SandboxFiles files;
    private final Executor workers;
    private final Timers timers;
    private final RandomGenerator random;
    private final CallBudget budget;
    /// Guarded by this. Null when the sandbox is closed.
    private @Nullable Map<String, PolledWatcher> polled = new HashMap<>();

    /// @param random for the names of watches
    public Watchers(SandboxFiles files, Executor workers, Timers timers, RandomGenerator random, int max) {
        this.files = files;
        this.workers = workers;
        this.timers = timers;
        this.random = random;
        this.budget = new CallBudget(max);
    }

    /// Ends those that are asked for; the streams end with their connections.
    public void close() {
        Map<String, PolledWatcher> all;
        synchronized (this) {
            all = polled == null ? Map.of() : polled;
            polled = null;
        }
        all.values().forEach(this::end);
    }

    void stream(Watched watched, CallHeaders headers, EventStream events) {
        take();
        try {
            new WatchStream(watched, files, events, workers, budget::release).open(headers);
        } catch (RuntimeException e) {
            budget.release();
            throw e;
        }
    }

    String create(Watched watched) {
        take();
        WatchQueue queue = new WatchQueue(() -> {});
        Watch watch;
        try {
            watch = files.watch(watched.path(), watched.recursive(), watched.user(), queue);
        } catch (RuntimeException e) {
            budget.release();
            throw e;
        }
        String id = "w" + Long.toHexString(random.nextLong());
        PolledWatcher watcher = new PolledWatcher(watched, queue, watch, timers.after(EXPIRY, () -> remove(id)));
        if (!keep(id, watcher)) {
            end(watcher);
            throw new ConnectException(ConnectCode.UNAVAILABLE, "the sandbox is ending");
        }
        return id;
    }

    JsonArray events(String id) {
        PolledWatcher watcher = renew(id);
        JsonArray events = new JsonArray();
        for (WatchQueue.Event event : watcher.queue().take(WatchQueue.MAX)) {
            events.add(watcher.watched().json(event, files));
        }
        if (events.isEmpty()) {
            watcher.queue().end().ifPresent(reason -> {
                remove(id);
                throw new ConnectException(ConnectCode.UNAVAILABLE, reason);
            });
        }
        return events;
    }

    /// Ends a watch; does nothing for one that is not there.
    void remove(String id) {
        PolledWatcher watcher;
        synchronized (this) {
            watcher = polled == null ? null : polled.remove(id);
        }
        if (watcher != null) {
            end(watcher);
        }
    }

    private void take() {
        if (!budget.take()) {
            throw new ConnectException(ConnectCode.RESOURCE_EXHAUSTED,
                    "watches: " + budget.max() + " (expected: fewer; end one first)");
        }
    }

    private synchronized boolean keep(String id, PolledWatcher watcher) {
        return polled != null && polled.putIfAbsent(id, watcher) == null;
    }

    private synchronized PolledWatcher renew(String id) {
        PolledWatcher watcher = polled == null ? null : polled.get(id);
        if (polled == null || watcher == null) {
            throw new ConnectException(ConnectCode.NOT_FOUND, "there is no watcher " + id);
        }
        PolledWatcher renewed = watcher.expiringBy(timers.after(EXPIRY, () -> remove(id)));
        polled.put(id, renewed);
        return renewed;
    }

    private void end(PolledWatcher watcher) {
        watcher.close();
        budget.release();
    }
}
