package io.sandgate.api.connection;

import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.ClientView;
import io.sandgate.gateway.connection.Connections;
import io.sandgate.gateway.connection.Outcome;
import io.sandgate.gateway.connection.RoomOutcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// What the calls need of the connections; see there.
interface Clients {

    /// The connections of all replicas.
    static Clients of(Connections connections) {
        return new Clients() {
            @Override
            public CompletionStage<Outcome> send(ClientKey key, String data) {
                return connections.send(key, data);
            }

            @Override
            public CompletionStage<Outcome> send(String team, String connection, String data) {
                return connections.send(team, connection, data);
            }

            @Override
            public CompletionStage<RoomOutcome> broadcast(String team, String room, String data) {
                return connections.broadcast(team, room, data);
            }

            @Override
            public CompletionStage<Outcome> join(ClientKey key, String room) {
                return connections.join(key, room);
            }

            @Override
            public CompletionStage<Outcome> leave(ClientKey key, String room) {
                return connections.leave(key, room);
            }

            @Override
            public Optional<ClientView> find(ClientKey key) {
                return connections.find(key);
            }

            @Override
            public List<ClientView> list(String team, @Nullable String after, int limit) {
                return connections.list(team, after, limit);
            }

            @Override
            public List<String> room(String team, String room) {
                return connections.room(team, room);
            }
        };
    }

    CompletionStage<Outcome> send(ClientKey key, String data);

    CompletionStage<Outcome> send(String team, String connection, String data);

    CompletionStage<RoomOutcome> broadcast(String team, String room, String data);

    CompletionStage<Outcome> join(ClientKey key, String room);

    CompletionStage<Outcome> leave(ClientKey key, String room);

    Optional<ClientView> find(ClientKey key);

    List<ClientView> list(String team, @Nullable String after, int limit);

    List<String> room(String team, String room);
}
