package io.sandgate.proxy.forward;

import io.sandgate.proxy.forward.ConnectionBudget.Share;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to one life of a sandbox at one address.
final class LifePool {

    /// What connections belong to: a sandbox's life, and where it is.
    record Life(String uid, String ip) {}

    private final Life life;
    private final Share share;
    private final InetAddress address;
    /// All of them, whether leased or idle.
    private final Set<Upstream> connections = new HashSet<>();
    /// To whatever port, the one that was used last at the end.
    private final List<Upstream> idle = new ArrayList<>();
    /// Connections that are being made, and shared ones.
    private int held;
    private boolean over;

    /// @param share of the budget
    LifePool(Life life, Share share) {
        this.life = life;
        this.share = share;
        this.address = InetAddress.ofLiteral(life.ip());
    }

    Life life() {
        return life;
    }

    Share share() {
        return share;
    }

    InetAddress address() {
        return address;
    }

    /// Whether the sandbox is gone: a connection that is made afterwards must not be used.
    boolean isOver() {
        return over;
    }

    int idleCount() {
        return idle.size();
    }

    boolean isEmpty() {
        return connections.isEmpty() && held == 0;
    }

    /// Counts what keeps it from being empty beside its own connections.
    void hold(int change) {
        held += change;
    }

    void add(Upstream upstream) {
        connections.add(upstream);
    }

    void remove(Upstream upstream) {
        connections.remove(upstream);
    }

    void addIdle(Upstream upstream) {
        idle.add(upstream);
    }

    void removeIdle(Upstream upstream) {
        idle.remove(upstream);
    }

    /// Takes the connection that was used last: it is the least likely to have been given up by the sandbox.
    @Nullable
    Upstream takeIdle(int port) {
        for (int i = idle.size() - 1; i >= 0; i--) {
            if (idle.get(i).port() == port) {
                return idle.remove(i);
            }
        }
        return null;
    }

    /// Ends the life: what is left of its connections, idle ones first.
    List<Upstream> end() {
        over = true;
        Set<Upstream> all = new LinkedHashSet<>(idle);
        all.addAll(connections);
        return List.copyOf(all);
    }
}
