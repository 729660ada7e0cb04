package io.sandgate.gateway.connection;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The clients that are connected to the replicas: opens their connections, finds them, and sends to them. May be used from
/// any thread; nothing blocks.
public final class Connections implements AutoCloseable {

    /// Opens a connection; an older one of the same client, here or elsewhere, is closed with 4010.
    ///
    /// @param rooms that it is in from the start
    public Opening open(ClientKey key, Set<String> rooms, ClientSocket socket) {
        return new Opening.Refused(1013, "starting");
    }

    /// Sends a message to a client, whichever connection it has.
    ///
    /// @param data any JSON value, as text
    public CompletionStage<Outcome> send(ClientKey key, String data) {
        return CompletableFuture.completedStage(new Outcome.Offline());
    }

    /// Sends a message to a connection of a team's client, and to no other.
    ///
    /// @param data any JSON value, as text
    public CompletionStage<Outcome> send(String team, String connection, String data) {
        return CompletableFuture.completedStage(new Outcome.Offline());
    }

    /// Sends a message to all who are in a room of a team.
    ///
    /// @param data any JSON value, as text
    public CompletionStage<RoomOutcome> broadcast(String team, String room, String data) {
        return CompletableFuture.completedStage(new RoomOutcome("", 0, 0, 0));
    }

    /// Puts a client into a room, wherever it is connected.
    public CompletionStage<Outcome> join(ClientKey key, String room) {
        return CompletableFuture.completedStage(new Outcome.Offline());
    }

    /// Takes a client out of a room, wherever it is connected.
    public CompletionStage<Outcome> leave(ClientKey key, String room) {
        return CompletableFuture.completedStage(new Outcome.Offline());
    }

    /// A client, when it is connected as far as this replica knows.
    public Optional<ClientView> find(ClientKey key) {
        return Optional.empty();
    }

    /// The connected clients of a team, in the order of their ids.
    ///
    /// @param after the id behind which they begin, or null
    public List<ClientView> list(String team, @Nullable String after, int limit) {
        return List.of();
    }

    /// Who is in a room of a team, in the order of their ids.
    public List<String> room(String team, String room) {
        return List.of();
    }

    /// Withdraws all rows of this replica at once and closes the sockets with 1001; from now on none is opened.
    ///
    /// @return done when the peers have been told, or the time is over; never fails
    public CompletionStage<Void> drain(Duration atMost) {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void close() {}
}
