package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.PeerAnswer.Counts;
import io.sandgate.gateway.connection.PeerAnswer.Done;
import io.sandgate.gateway.connection.PeerAnswer.Gone;
import io.sandgate.gateway.connection.PeerAnswer.TooManyRooms;
import io.sandgate.proxy.route.RouteTable;

/// Carries out at the connections of this replica what it or another one asks. May be used from any thread.
final class LocalDelivery {
    private final String self;
    private final RouteTable table;
    private final Roster roster;
    private final LocalConnections connections;
    private final ConnectionMeters meters;

    LocalDelivery(String self, RouteTable table, Roster roster, LocalConnections connections,
            ConnectionMeters meters) {
        this.self = self;
        this.table = table;
        this.roster = roster;
        this.connections = connections;
        this.meters = meters;
    }

    /// Carries out a request.
    ///
    /// @param mayRepeat whether it may come again, and is to be done once: those of other replicas
    PeerAnswer carryOut(PeerRequest request, boolean mayRepeat) {
        if (request instanceof PeerRequest.Broadcast broadcast) {
            return broadcast(broadcast, mayRepeat);
        }
        if (request instanceof PeerRequest.Look look) {
            return new Gone(table.newest(look.key().rowKey()));
        }
        PeerRequest.OfConnection wish = (PeerRequest.OfConnection) request;
        LocalConnection connection = connections.find(wish.connection());
        if (connection == null || !connection.key().equals(wish.key())) {
            meters.dropped();
            return new Gone(table.newest(wish.key().rowKey()));
        }
        return switch (wish) {
            case PeerRequest.Deliver deliver -> deliver(connection, deliver.id(), deliver.frame(), mayRepeat);
            case PeerRequest.Join join when mayRepeat && !connection.isFirst(join.id().prefix(), meters) -> new Done();
            case PeerRequest.Leave leave when mayRepeat && !connection.isFirst(leave.id().prefix(), meters) ->
                new Done();
            case PeerRequest.Join join -> switch (connection.join(join.room())) {
                case JOINED -> {
                    tell(connection, "joined", join.room());
                    yield new Done();
                }
                case TOO_MANY -> new TooManyRooms();
                case CLOSED -> new Gone(table.newest(wish.key().rowKey()));
            };
            case PeerRequest.Leave leave -> {
                if (!connections.leave(connection, leave.room())) {
                    yield new Gone(table.newest(wish.key().rowKey()));
                }
                tell(connection, "left", leave.room());
                yield new Done();
            }
        };
    }

    /// A client hears what others did with it. One that takes nothing is in the room all the same.
    private static void tell(LocalConnection connection, String what, String room) {
        var _ = connection.deliver("{\"type\":\"" + what + "\",\"room\":\"" + room + "\"}");
    }

    private PeerAnswer deliver(LocalConnection connection, MessageId id, String frame, boolean mayRepeat) {
        return mayRepeat ? connection.deliverOnce(id.prefix(), frame, meters) : connection.deliver(frame);
    }

    private PeerAnswer broadcast(PeerRequest.Broadcast broadcast, boolean mayRepeat) {
        int delivered = 0;
        int full = 0;
        for (ClientRow row : roster.room(broadcast.team(), broadcast.room())) {
            LocalConnection member = row.replica().equals(self) ? connections.find(row.connection()) : null;
            if (member == null) {
                continue;
            }
            if (deliver(member, broadcast.id(), broadcast.frame(), mayRepeat) instanceof Done) {
                delivered++;
            } else {
                full++;
            }
        }
        return new Counts(delivered, full);
    }
}
