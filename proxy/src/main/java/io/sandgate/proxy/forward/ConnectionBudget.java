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

    /// What one life of a sandbox takes, on all event loops together.
    static final class Share {
        private final String uid;
        private final AtomicInteger inFlight = new AtomicInteger();
        /// How many have joined it; changed within the map's updates only.
        private int users;

        private Share(String uid) {
            this.uid = uid;
        }
    }

    private final ForwardSettings settings;
    private final ConcurrentMap<String, Share> shares = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger idle = new AtomicInteger();
    private final AtomicInteger tunnels = new AtomicInteger();

    ConnectionBudget(ForwardSettings settings) {
        this.settings = settings;
    }

    /// Joins the share of a sandbox's life, which is to be left.
    Share join(String uid) {
        return shares.compute(uid, (key, known) -> {
            Share share = known == null ? new Share(key) : known;
            share.users++;
            return share;
        });
    }

    /// Takes nothing more of a share. What was taken is still to be given back.
    void leave(Share share) {
        shares.computeIfPresent(share.uid, (key, known) -> --known.users == 0 ? null : known);
    }

    /// Takes room for one request to the sandbox; what is granted is to be given back.
    Verdict take(Share share) {
        if (inFlight.incrementAndGet() > settings.upstreams().max()) {
            inFlight.decrementAndGet();
            return Verdict.REPLICA_FULL;
        }
        if (share.inFlight.incrementAndGet() > settings.upstreams().maxPerSandbox()) {
            giveBack(share);
            return Verdict.SANDBOX_FULL;
        }
        return Verdict.GRANTED;
    }

    void giveBack(Share share) {
        share.inFlight.decrementAndGet();
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
