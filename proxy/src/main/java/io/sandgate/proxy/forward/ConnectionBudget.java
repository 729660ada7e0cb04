package io.sandgate.proxy.forward;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/// How many connections to sandboxes there may be, over all event loops. May be used from any thread.
final class ConnectionBudget {

    /// Whether there is room for one more request.
    enum Verdict {
        GRANTED, SANDBOX_FULL, REPLICA_FULL
    }

    private final ForwardSettings settings;
    private final ConcurrentMap<String, Integer> perSandbox = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger idle = new AtomicInteger();
    private final AtomicInteger tunnels = new AtomicInteger();

    ConnectionBudget(ForwardSettings settings) {
        this.settings = settings;
    }

    /// Takes room for one request to the sandbox; what is granted is to be given back.
    Verdict take(String uid) {
        if (inFlight.incrementAndGet() > settings.upstreams().max()) {
            inFlight.decrementAndGet();
            return Verdict.REPLICA_FULL;
        }
        if (perSandbox.merge(uid, 1, Integer::sum) > settings.upstreams().maxPerSandbox()) {
            giveBack(uid);
            return Verdict.SANDBOX_FULL;
        }
        return Verdict.GRANTED;
    }

    void giveBack(String uid) {
        perSandbox.computeIfPresent(uid, (key, count) -> count == 1 ? null : count - 1);
        inFlight.decrementAndGet();
    }

    /// Counts one more unused connection, and says whether there is room for it.
    boolean addIdle() {
        return idle.incrementAndGet() <= settings.upstreams().maxIdle();
    }

    void removeIdle() {
        idle.decrementAndGet();
    }

    /// Takes room for one tunnel, if there is any.
    boolean takeTunnel() {
        if (tunnels.incrementAndGet() > settings.upstreams().maxTunnels()) {
            tunnels.decrementAndGet();
            return false;
        }
        return true;
    }

    void giveBackTunnel() {
        tunnels.decrementAndGet();
    }

    int inFlight() {
        return inFlight.get();
    }

    int idle() {
        return idle.get();
    }

    int tunnels() {
        return tunnels.get();
    }
}
