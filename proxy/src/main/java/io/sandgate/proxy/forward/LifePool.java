package io.sandgate.proxy.forward;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to one life of a sandbox at one address.
final class LifePool {

    /// What connections belong to: a sandbox's life, and where it is.
    record Life(String uid, String ip) {}

    private final Life life;
    private final InetAddress address;
    private final Map<Integer, Deque<Upstream>> idle = new HashMap<>();
    private final Set<Upstream> leased = new HashSet<>();
    private int idleCount;
    /// Connections that are being made, and shared ones.
    private int held;
    private boolean over;

    LifePool(Life life) {
        this.life = life;
        this.address = InetAddress.ofLiteral(life.ip());
    }

    Life life() {
        return life;
    }

    InetAddress address() {
        return address;
    }

    /// Whether the sandbox is gone: a connection that is made afterwards must not be used.
    boolean isOver() {
        return over;
    }

    int idleCount() {
        return idleCount;
    }

    boolean isEmpty() {
        return idleCount == 0 && leased.isEmpty() && held == 0;
    }

    /// Counts what keeps it from being empty beside its own connections.
    void hold(int change) {
        held += change;
    }

    void addLeased(Upstream upstream) {
        leased.add(upstream);
    }

    void removeLeased(Upstream upstream) {
        leased.remove(upstream);
    }

    void addIdle(Upstream upstream) {
        idle.computeIfAbsent(upstream.port(), port -> new ArrayDeque<>()).addLast(upstream);
        idleCount++;
    }

    boolean removeIdle(Upstream upstream) {
        Deque<Upstream> queue = idle.get(upstream.port());
        if (queue == null || !queue.remove(upstream)) {
            return false;
        }
        forgetOne(upstream.port(), queue);
        return true;
    }

    /// Takes the connection that was used last: it is the least likely to have been given up by the sandbox.
    @Nullable
    Upstream takeIdle(int port) {
        Deque<Upstream> queue = idle.get(port);
        if (queue == null) {
            return null;
        }
        Upstream upstream = queue.removeLast();
        forgetOne(port, queue);
        return upstream;
    }

    private void forgetOne(int port, Deque<Upstream> queue) {
        idleCount--;
        if (queue.isEmpty()) {
            idle.remove(port);
        }
    }

    /// Ends the life: what is left of its connections, idle ones first.
    List<Upstream> end() {
        over = true;
        List<Upstream> all = new ArrayList<>(idleCount + leased.size());
        idle.values().forEach(all::addAll);
        all.addAll(leased);
        return all;
    }
}
