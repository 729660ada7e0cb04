package io.sandgate.gateway.connection;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One connection as a row of the route table; immutable.
///
/// Its namespace is [ClientKey#NAMESPACE], its name and id are those of the client, its uid is the connection, and its
/// authority the replica that holds it. The state is a word that nothing is forwarded to.
///
/// @param key whose connection it is
/// @param connection what tells it from all others
/// @param replica that holds it, and alone raises its version
/// @param incarnation of that replica when it wrote the row
/// @param since when it was opened, in milliseconds of the epoch by that replica's clock
/// @param rooms that it is in, in alphabetical order
record ClientRow(ClientKey key, String connection, String replica, long incarnation, long since, List<String> rooms) {
    static final String STATE = "connected";

    private static final String INCARNATION = "incarnation";
    private static final String SINCE = "since";
    private static final String ROOMS = "rooms";

    ClientRow {
        rooms = List.copyOf(rooms);
    }

    /// Reads a row, or null when the route is none, as one that a user fed into the namespace.
    static @Nullable ClientRow of(@Nullable Route route) {
        if (route == null || route.extra() == null || !route.namespace().equals(ClientKey.NAMESPACE)
                || !route.state().equals(STATE)) {
            return null;
        }
        ClientKey key = ClientKey.parse(route.name()).orElse(null);
        if (key == null || !key.team().equals(route.owner())) {
            return null;
        }
        try {
            JsonObject rest = new JsonObject("{" + route.extra() + "}");
            Long incarnation = rest.getLong(INCARNATION);
            Long since = rest.getLong(SINCE);
            JsonArray rooms = rest.getJsonArray(ROOMS);
            return incarnation == null || since == null || rooms == null
                    ? null
                    : new ClientRow(key, route.uid(), route.authority(), incarnation, since,
                            rooms.stream().map(String.class::cast).toList());
        } catch (DecodeException | ClassCastException e) {
            return null;
        }
    }

    /// The row at a version.
    Route at(RouteVersion version) {
        String rest = new JsonObject().put(INCARNATION, incarnation).put(SINCE, since).put(ROOMS, new JsonArray(rooms))
                .encode();
        return new Route(ClientKey.NAMESPACE, key.name(), key.name(), connection, key.team(), "", STATE, version,
                replica, TrafficRules.OPEN, rest.substring(1, rest.length() - 1));
    }

    /// Whether another row is of the same connection, whatever rooms it is in.
    boolean isSameConnection(@Nullable ClientRow other) {
        return other != null && connection.equals(other.connection) && replica.equals(other.replica)
                && incarnation == other.incarnation;
    }

    ClientView view() {
        return new ClientView(key, connection, replica, Instant.ofEpochMilli(since), rooms);
    }
}
