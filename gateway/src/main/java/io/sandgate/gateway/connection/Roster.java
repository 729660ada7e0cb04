package io.sandgate.gateway.connection;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteListener;
import io.sandgate.proxy.route.RouteTable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who is connected where and who is in which room, kept up with each change of the route table.
///
/// Changed by the table's listener calls, which come one at a time; read from any thread.
final class Roster implements RouteListener {
    private static final String CLOSED = "closed";
    private static final String GONE = "replica_gone";

    /// No id of a client is before it.
    private static final String FIRST = "-";

    private record Room(String team, String name) {}

    private final Presence presence;
    private final ConnectionMeters meters;
    private final ConcurrentNavigableMap<ClientKey, ClientRow> rows = new ConcurrentSkipListMap<>();
    private final Map<String, ClientRow> byConnection = new ConcurrentHashMap<>();
    /// Those in each room by the replica that holds them, so that it finds its own among many.
    private final Map<Room, Map<String, ConcurrentNavigableMap<String, ClientRow>>> rooms = new ConcurrentHashMap<>();
    private volatile Consumer<ClientKey> watcher = key -> {};

    Roster(Presence presence, ConnectionMeters meters) {
        this.presence = presence;
        this.meters = meters;
        meters.rows(rows);
    }

    /// Follows a table from now on.
    ///
    /// @param watching is told each client whose row has changed; under the table's lock
    void follow(RouteTable table, Consumer<ClientKey> watching) {
        table.undisturbed(() -> {
            watcher = watching;
            table.routes().forEach(route -> changed(new RouteChange(null, route, null, route.authority())));
            table.onChange(this);
        });
    }

    /// All that there are, weakly consistent.
    Iterable<ClientRow> all() {
        return rows.values();
    }

    @Override
    public void changed(RouteChange change) {
        Route before = change.before();
        Route after = change.after();
        if (!isRow(before) && !isRow(after)) {
            return;
        }
        ClientRow left = ClientRow.of(before);
        ClientRow came = ClientRow.of(after);
        if (came != null) {
            rows.put(came.key(), came);
            byConnection.put(came.connection(), came);
            came.rooms().forEach(room -> rooms
                    .computeIfAbsent(new Room(came.key().team(), room), none -> new ConcurrentHashMap<>())
                    .computeIfAbsent(came.replica(), none -> new ConcurrentSkipListMap<>())
                    .put(came.key().client(), came));
        } else if (left != null) {
            rows.remove(left.key());
        }
        // removed last: who looks meanwhile finds what stays
        if (left != null) {
            if (came == null || !came.connection().equals(left.connection())) {
                byConnection.remove(left.connection());
            }
            left.rooms().stream()
                    .filter(room -> came == null || !came.rooms().contains(room)
                            || !came.replica().equals(left.replica()))
                    .forEach(room -> leave(left, room));
        }
        boolean overruled = left != null && came == null && !change.authority().equals(left.replica());
        if (overruled) {
            meters.swept();
        }
        if (left != null || came != null) {
            presence.changed(left, came, came != null ? "" : overruled ? GONE : CLOSED);
        }
        ClientKey.parse(change.key().name()).ifPresent(watcher);
    }

    private static boolean isRow(@Nullable Route route) {
        return route != null && route.namespace().equals(ClientKey.NAMESPACE);
    }

    private void leave(ClientRow row, String name) {
        Room room = new Room(row.key().team(), name);
        Map<String, ConcurrentNavigableMap<String, ClientRow>> members = rooms.get(room);
        Map<String, ClientRow> there = members == null ? null : members.get(row.replica());
        if (members != null && there != null) {
            there.remove(row.key().client());
            if (there.isEmpty()) {
                members.remove(row.replica());
            }
            if (members.isEmpty()) {
                rooms.remove(room);
            }
        }
    }

    @Nullable
    ClientRow find(ClientKey key) {
        return rows.get(key);
    }

    @Nullable
    ClientRow byConnection(String connection) {
        return byConnection.get(connection);
    }

    /// The rows of a team behind a client, in the order of their ids.
    List<ClientRow> list(String team, @Nullable String after, int limit) {
        ClientKey from = new ClientKey(team, after == null ? FIRST : after);
        return rows.tailMap(from, after == null).values().stream().takeWhile(row -> row.key().team().equals(team))
                .limit(limit).toList();
    }

    /// The ids of those who are in a room, in their order.
    List<String> room(String team, String name) {
        SortedSet<String> clients = new TreeSet<>();
        // who moves from one replica to another may be seen at both
        members(team, name).values().forEach(there -> there.forEach(row -> clients.add(row.key().client())));
        return List.copyOf(clients);
    }

    /// The rows of those who are in a room, by the replica that holds them; weakly consistent.
    Map<String, Collection<ClientRow>> members(String team, String name) {
        Map<String, Collection<ClientRow>> members = new HashMap<>();
        rooms.getOrDefault(new Room(team, name), Map.of())
                .forEach((replica, there) -> members.put(replica, there.values()));
        return members;
    }

    /// The rows of those in a room whom a replica holds; weakly consistent.
    Collection<ClientRow> members(String team, String name, String replica) {
        Map<String, ClientRow> there = rooms.getOrDefault(new Room(team, name), Map.of()).get(replica);
        return there == null ? List.of() : there.values();
    }
}
