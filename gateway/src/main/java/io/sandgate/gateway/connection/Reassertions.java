package io.sandgate.gateway.connection;

import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The clients whose rows were cleared by others though they are connected here, until their rows are written again. On the
/// loop.
///
/// They rest for a moment, and until this replica has heard what it may have missed: the client may have a newer connection
/// elsewhere, whose row is on its way.
final class Reassertions {
    /// So many publications at once keep the loop busy for some ten milliseconds.
    private static final int MOST_AT_ONCE = 1_000;
    /// Between two parts, in which the pushes of the first go out.
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final LocalConnections connections;
    private final Recollection recollection;
    private final Owners owners;
    private final Loop loop;
    private final Duration after;
    private Set<ClientKey> missing = new LinkedHashSet<>();
    /// Those that came since the timer was set, and have not rested yet.
    private Set<ClientKey> fresh = new LinkedHashSet<>();
    private boolean armed;
    private boolean renewing;
    /// Whether it is to be done once more, since somebody else came back after it began.
    private boolean renewAgain;

    Reassertions(LocalConnections connections, Recollection recollection, Owners owners, Loop loop, Duration after) {
        this.connections = connections;
        this.recollection = recollection;
        this.owners = owners;
        this.loop = loop;
        this.after = after;
    }

    /// Makes a client's connection and row agree.
    void settle(ClientKey key) {
        if (connections.settle(key) && !missing.contains(key)) {
            fresh.add(key);
            arm();
        }
    }

    /// Asks the peers what they remember of a client of whom this replica knew nothing when it connected.
    void remember(ClientKey key) {
        recollection.ask(key);
    }

    /// Writes the rows of all connections at another version, a part at a time. When a partition ends, each of those who come back
    /// asks for it: however many ask meanwhile, it is done once more.
    void renewAll() {
        if (renewing) {
            renewAgain = true;
            return;
        }
        renewing = true;
        renew(connections.clients(), 0);
    }

    private void renew(List<ClientKey> clients, int from) {
        int end = Math.min(clients.size(), from + MOST_AT_ONCE);
        clients.subList(from, end).forEach(key -> {
            connections.renew(key);
            recollection.ask(key);
        });
        loop.after(PAUSE, () -> {
            if (end < clients.size()) {
                renew(clients, end);
            } else {
                renewed();
            }
        });
    }

    private void renewed() {
        renewing = false;
        if (renewAgain) {
            renewAgain = false;
            renewAll();
        }
    }

    private void arm() {
        if (!armed && !(missing.isEmpty() && fresh.isEmpty())) {
            armed = true;
            loop.after(after, this::tick);
        }
    }

    private void tick() {
        armed = false;
        if (owners.isSelfTrusted()) {
            Iterator<ClientKey> next = missing.iterator();
            for (int i = 0; i < MOST_AT_ONCE && next.hasNext(); i++) {
                ClientKey key = next.next();
                next.remove();
                if (connections.reassert(key)) {
                    loop.execute(() -> settle(key));
                }
            }
        }
        if (missing.isEmpty()) {
            Set<ClientKey> rested = fresh;
            fresh = missing;
            missing = rested;
        }
        arm();
    }
}
