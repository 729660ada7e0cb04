package io.sandgate.api.connection;

import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.ClientView;
import io.sandgate.gateway.connection.Outcome;
import io.sandgate.gateway.connection.RoomOutcome;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Knows the clients that it is given, answers as it is told, and remembers what was asked. Safe for any thread.
final class FakeClients implements Clients {
    final SortedMap<ClientKey, ClientView> known = new ConcurrentSkipListMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile Outcome outcome = new Outcome.Delivered("m1", "c1", "r2");

    private CompletionStage<Outcome> answer(String question) {
        asked.add(question);
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        // from a thread that is none of the listener's
        Thread.ofVirtual().start(() -> answer.complete(outcome));
        return answer;
    }

    @Override
    public CompletionStage<Outcome> send(ClientKey key, String data) {
        return answer("send " + key.team() + "/" + key.client() + " " + data);
    }

    @Override
    public CompletionStage<Outcome> send(String team, String connection, String data) {
        return answer("send " + team + "#" + connection + " " + data);
    }

    @Override
    public CompletionStage<RoomOutcome> broadcast(String team, String room, String data) {
        asked.add("broadcast " + team + "/" + room + " " + data);
        return CompletableFuture.completedFuture(new RoomOutcome("m2", 3, 1, 2));
    }

    @Override
    public CompletionStage<Outcome> join(ClientKey key, String room) {
        return answer("join " + key.team() + "/" + key.client() + " " + room);
    }

    @Override
    public CompletionStage<Outcome> leave(ClientKey key, String room) {
        return answer("leave " + key.team() + "/" + key.client() + " " + room);
    }

    @Override
    public Optional<ClientView> find(ClientKey key) {
        return Optional.ofNullable(known.get(key));
    }

    @Override
    public List<ClientView> list(String team, @Nullable String after, int limit) {
        return known.values().stream().filter(view -> view.key().team().equals(team))
                .filter(view -> after == null || view.key().client().compareTo(after) > 0).limit(limit).toList();
    }

    @Override
    public List<String> room(String team, String room) {
        return known.values().stream().filter(view -> view.key().team().equals(team) && view.rooms().contains(room))
                .map(view -> view.key().client()).toList();
    }
}
