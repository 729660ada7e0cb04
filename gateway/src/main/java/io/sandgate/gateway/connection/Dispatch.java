package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.Outcome.Delivered;
import io.sandgate.gateway.connection.Outcome.Offline;
import io.sandgate.gateway.connection.Outcome.Refused;
import io.sandgate.gateway.connection.Outcome.Retry;
import io.sandgate.gateway.connection.PeerAnswer.Counts;
import io.sandgate.gateway.connection.PeerAnswer.Done;
import io.sandgate.gateway.connection.PeerAnswer.Full;
import io.sandgate.gateway.connection.PeerAnswer.Gone;
import io.sandgate.gateway.connection.PeerAnswer.TooManyRooms;
import io.sandgate.gateway.connection.PeerRequest.OfConnection;
import io.sandgate.proxy.replicate.Loop;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Takes what is sent to a client to the replica that holds its connection. May be used from any thread.
final class Dispatch {
    /// How often a message follows a client that moves on while it is under way.
    private static final int MOST_MOVES = 3;

    private final String self;
    private final RouteTable table;
    private final Roster roster;
    private final LocalDelivery here;
    private final Outboxes outboxes;
    private final Owners owners;
    private final Function<String, CompletionStage<@Nullable Route>> ask;
    private final RowPublisher publisher;
    private final Loop loop;
    private final ConnectionMeters meters;

    /// @param ask asks the peers for a route that is missing here, and puts it into the table
    /// @param loop does what is too much to be done at once
    Dispatch(String self, RouteTable table, Roster roster, LocalDelivery here, Outboxes outboxes, Owners owners,
            Function<String, CompletionStage<@Nullable Route>> ask,
            RowPublisher publisher, Loop loop, ConnectionMeters meters) {
        this.self = self;
        this.table = table;
        this.roster = roster;
        this.here = here;
        this.outboxes = outboxes;
        this.owners = owners;
        this.ask = ask;
        this.publisher = publisher;
        this.loop = loop;
        this.meters = meters;
    }

    /// Carries something out at whichever connection a client has.
    CompletionStage<Outcome> toClient(ClientKey key, Function<ClientRow, OfConnection> request) {
        ClientRow row = roster.find(key);
        if (row != null) {
            return follow(row, request, MOST_MOVES);
        }
        return ask.apply(key.name()).handle((found, error) -> roster.find(key)).thenCompose(
                found -> found == null ? offline() : follow(found, request, MOST_MOVES));
    }

    /// Carries something out at one connection of a team, and at no other.
    CompletionStage<Outcome> toConnection(String team, String connection, Function<ClientRow, OfConnection> request) {
        ClientRow row = roster.byConnection(connection);
        if (row == null || !row.key().team().equals(team)) {
            meters.dropped();
            return offline();
        }
        return follow(row, request, 0);
    }

    private static CompletionStage<Outcome> offline() {
        return CompletableFuture.completedStage(new Offline());
    }

    private CompletionStage<Outcome> follow(ClientRow row, Function<ClientRow, OfConnection> wish, int moves) {
        OfConnection request = wish.apply(row);
        if (row.replica().equals(self)) {
            return answered(row, wish, request, here.carryOut(request, false), moves);
        }
        return switch (owners.health(row.replica(), row.incarnation())) {
            case GONE -> {
                mark(row);
                yield offline();
            }
            case SILENT -> CompletableFuture.completedStage(new Retry(
                    "replica " + row.replica() + ", which holds the connection, is not heard; try again"));
            case ROUTABLE -> outboxes.send(row.replica(), request).thenCompose(passage -> switch (passage) {
                case Passage.Answered(PeerAnswer answer) -> answered(row, wish, request, answer, moves);
                case Passage.NotAnswered(String why) -> CompletableFuture.completedStage(notAnswered(row, why));
            });
        };
    }

    /// A replica that left while it was asked takes what it held with it.
    private Outcome notAnswered(ClientRow row, String why) {
        if (owners.health(row.replica(), row.incarnation()) == Owners.Health.GONE) {
            mark(row);
            return new Offline();
        }
        return new Retry(why + "; try again");
    }

    private CompletionStage<Outcome> answered(ClientRow row, Function<ClientRow, OfConnection> wish,
            OfConnection request, PeerAnswer answer, int moves) {
        return switch (answer) {
            case Done() -> CompletableFuture
                    .completedStage(new Delivered(request.id().text(), row.connection(), row.replica()));
            case Full() -> CompletableFuture
                    .completedStage(new Retry("the client reads too slowly: too much waits for it; try again"));
            case TooManyRooms() -> CompletableFuture
                    .completedStage(new Refused("the connection is in as many rooms as one may be in"));
            case Counts(int delivered, int full) -> CompletableFuture
                    .completedStage(new Retry("replica " + row.replica() + " answers something else than was asked"));
            case Gone(Route newest) -> {
                ClientRow moved = moved(row, newest);
                yield moved == null || moves == 0 ? offline() : follow(moved, wish, moves - 1);
            }
        };
    }

    /// Takes the owner's word that a connection is over.
    ///
    /// @return what the client has instead, or null
    private @Nullable ClientRow moved(ClientRow row, @Nullable Route newest) {
        // whoever wrote it: what the table holds against it decides
        if (newest != null && newest.key().equals(row.key().rowKey())) {
            table.apply(newest);
        }
        mark(row);
        return roster.find(row.key());
    }

    /// Deletes a row whose connection is over, if it still is of that connection, and says so to the peers.
    ///
    /// The deletion has the version of the row: what its replica wrote later outranks it, wherever it arrives first.
    private void mark(ClientRow row) {
        Route record = table.get(row.key().rowKey());
        if (record == null || !row.isSameConnection(ClientRow.of(record))) {
            return;
        }
        if (table.deleteIfUnchanged(record).isApplied()) {
            meters.marked();
            publisher.publish(record.dead(record.version()));
        }
    }

    /// Sends a frame to all who are in a room.
    CompletionStage<RoomOutcome> toRoom(String team, String room, MessageId id, String frame) {
        PeerRequest request = new PeerRequest.Broadcast(id, team, room, frame);
        List<CompletableFuture<RoomOutcome>> parts = new ArrayList<>();
        roster.members(team, room)
                .forEach((replica, rows) -> parts.add(part(replica, rows, request).toCompletableFuture()));
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> parts.stream().map(CompletableFuture::join)
                        .reduce(new RoomOutcome(id.text(), 0, 0, 0), Dispatch::sum));
    }

    private static RoomOutcome sum(RoomOutcome one, RoomOutcome other) {
        return new RoomOutcome(one.id(), one.delivered() + other.delivered(), one.offline() + other.offline(),
                one.retry() + other.retry());
    }

    private CompletionStage<RoomOutcome> part(String replica, Collection<ClientRow> rows, PeerRequest request) {
        String id = request.id().text();
        int count = rows.size();
        if (replica.equals(self)) {
            return here.carryOut(List.of(request), false, () -> true)
                    .thenApply(answers -> counted(id, count, answers.getFirst()));
        }
        long newest = rows.stream().mapToLong(ClientRow::incarnation).max().orElse(0);
        Owners.Health health = owners.health(replica, newest);
        if (health != Owners.Health.ROUTABLE) {
            return notReached(id, count, rows, newest, health);
        }
        return outboxes.send(replica, request)
                .thenCompose(passage -> passage instanceof Passage.Answered(PeerAnswer answer)
                        ? CompletableFuture.completedStage(counted(id, count, answer))
                        : notReached(id, count, rows, newest, owners.health(replica, newest)));
    }

    /// @param newest the incarnation that was asked for: what the replica has in a later one is not gone with it
    private CompletionStage<RoomOutcome> notReached(String id, int count, Collection<ClientRow> rows, long newest,
            Owners.Health health) {
        if (health != Owners.Health.GONE) {
            return CompletableFuture.completedStage(new RoomOutcome(id, 0, 0, count));
        }
        Iterator<ClientRow> gone = rows.iterator();
        return Steps.run(() -> {
            if (!gone.hasNext()) {
                return false;
            }
            ClientRow row = gone.next();
            if (row.incarnation() <= newest) {
                mark(row);
            }
            return true;
        }, loop).thenApply(marked -> new RoomOutcome(id, 0, count, 0));
    }

    private static RoomOutcome counted(String id, int count, PeerAnswer answer) {
        return answer instanceof Counts(int delivered, int full)
                ? new RoomOutcome(id, delivered, Math.max(0, count - delivered - full), full)
                : new RoomOutcome(id, 0, 0, count);
    }
}
