package io.sandgate.sandbox.outbound;

import io.sandgate.sandbox.driver.Egress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// A sandbox: what it may reach, and its connections that are under way.
///
/// A connection says whom it is for before it looks at the rules, and a change of rules looks at the connections after it is
/// made: so one of the two sees that they do not fit.
final class Caller {

    private static final Egress NOTHING = new Egress(false, List.of(), List.of());

    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore places;
    private volatile Egress egress;

    /// @param most how many connections it may have
    Caller(Egress egress, int most) {
        this.egress = egress;
        this.places = new Semaphore(most);
    }

    /// Begins a connection; false when there are too many.
    boolean enter(Connection connection) {
        return places.tryAcquire() && connections.add(connection);
    }

    void leave(Connection connection) {
        if (connections.remove(connection)) {
            places.release();
        }
    }

    boolean allows(String host) {
        return egress.names(host);
    }

    /// Gives it other rules, and ends the connections that they do not allow.
    void set(Egress next) {
        egress = next;
        connections.stream().filter(connection -> !connection.isWithin(next)).forEach(Connection::abort);
    }

    /// Ends all of it.
    void close() {
        egress = NOTHING;
        connections.forEach(Connection::abort);
    }
}
