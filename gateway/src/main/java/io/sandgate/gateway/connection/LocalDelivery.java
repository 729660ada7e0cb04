package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.PeerAnswer.Done;
import io.sandgate.gateway.connection.PeerAnswer.Gone;
import io.sandgate.gateway.connection.PeerAnswer.TooManyRooms;
import io.sandgate.proxy.replicate.Loop;
import io.sandgate.proxy.route.RouteTable;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/// Carries out at the connections of this replica what it or another one asks. May be used from any thread.
final class LocalDelivery {
    private final String self;
    private final RouteTable table;
    private final Roster roster;
    private final LocalConnections connections;
    private final Loop loop;
    private final ConnectionMeters meters;

    /// @param loop does what is too much to be done at once
    LocalDelivery(String self, RouteTable table, Roster roster, LocalConnections connections, Loop loop,
            ConnectionMeters meters) {
        this.self = self;
        this.table = table;
        this.roster = roster;
        this.connections = connections;
        this.loop = loop;
        this.meters = meters;
    }

    /// Carries out requests in their order, and answers in the same: those about one connection at once, messages to a room part by
    /// part.
    ///
    /// @param mayRepeat whether they may come again, and are to be done once: those of other replicas
    /// @param isAwaited whether anybody waits for the answers still: otherwise the rest is left undone, and its answers are missing
    CompletionStage<List<PeerAnswer>> carryOut(List<PeerRequest> requests, boolean mayRepeat,
            BooleanSupplier isAwaited) {
        Errand errand = new Errand(this, requests, mayRepeat, isAwaited);
        return Steps.run(errand::step, loop).thenApply(done -> errand.answers());
    }

    /// Carries out a request that is not about a room.
    PeerAnswer carryOut(PeerRequest request, boolean mayRepeat) {
        return switch (request) {
            case PeerRequest.Broadcast _ -> throw new IllegalArgumentException("a room has no single answer");
            case PeerRequest.Look look -> new Gone(table.newest(look.key().rowKey()));
            case PeerRequest.OfConnection wish -> ofConnection(wish, mayRepeat);
        };
    }

    private PeerAnswer ofConnection(PeerRequest.OfConnection wish, boolean mayRepeat) {
        LocalConnection connection = connections.find(wish.connection());
        if (connection == null || !connection.key().equals(wish.key())) {
            meters.dropped();
            return new Gone(table.newest(wish.key().rowKey()));
        }
        return mayRepeat
                ? connection.once(wish.id().prefix(), () -> carryOut(wish, connection), meters)
                : carryOut(wish, connection);
    }

    private PeerAnswer carryOut(PeerRequest.OfConnection wish, LocalConnection connection) {
        return switch (wish) {
            case PeerRequest.Deliver deliver -> connection.deliver(deliver.frame());
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

    /// The rows of those in a message's room whom this replica holds.
    Iterator<ClientRow> members(PeerRequest.Broadcast message) {
        return roster.members(message.team(), message.room(), self).iterator();
    }

    /// Hands a message to a room's member, if it is here still.
    PeerAnswer deliver(ClientRow row, PeerRequest.Broadcast message, boolean mayRepeat) {
        LocalConnection member = connections.find(row.connection());
        if (member == null) {
            return new Gone(null);
        }
        return mayRepeat
                ? member.once(message.id().prefix(), () -> member.deliver(message.frame()), meters)
                : member.deliver(message.frame());
    }
}
