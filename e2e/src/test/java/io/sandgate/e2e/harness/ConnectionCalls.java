package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The calls about connections of one replica, with one key; every answer comes back as it is, errors too.
public final class ConnectionCalls {

    private final LifecycleClient api;

    public ConnectionCalls(ReplicaProcess replica) {
        this(replica, ClusterProcesses.KEY);
    }

    public ConnectionCalls(ReplicaProcess replica, String key) {
        api = replica.api().withKey(key);
    }

    /// Sends to whatever connection the client has.
    ///
    /// @param data any JSON
    public Answer toClient(String client, String data) {
        return api.call("POST", "/clients/" + encoded(client) + "/messages", data);
    }

    /// Sends to one connection.
    public Answer toConnection(String connection, String data) {
        return api.call("POST", "/connections/" + encoded(connection) + "/messages", data);
    }

    public Answer client(String client) {
        return api.call("GET", "/clients/" + encoded(client), "");
    }

    /// The clients of the team.
    ///
    /// @param query with its question mark, or empty
    public Answer clients(String query) {
        return api.call("GET", "/clients" + query, "");
    }

    /// The connection that the replica knows of a client; empty when it knows none.
    public String connectionOf(String client) {
        Answer answer = client(client);
        return answer.status() == 200 ? answer.json().getString("connection") : "";
    }

    public Answer join(String room, String client) {
        return api.call("PUT", "/rooms/" + encoded(room) + "/clients/" + encoded(client), "");
    }

    public Answer leave(String room, String client) {
        return api.call("DELETE", "/rooms/" + encoded(room) + "/clients/" + encoded(client), "");
    }

    /// The clients in a room.
    public Set<String> room(String room) {
        Answer answer = api.call("GET", "/rooms/" + encoded(room), "");
        return answer.status() == 404
                ? Set.of()
                : new TreeSet<>(answer.json().getJsonArray("clients", new JsonArray()).stream().map(String::valueOf)
                        .toList());
    }

    /// Sends to all in a room.
    public Answer broadcast(String room, String data) {
        return api.call("POST", "/rooms/" + encoded(room) + "/messages", data);
    }

    /// Asks for a ticket.
    public Answer ticket(JsonObject body) {
        return api.call("POST", "/connections/tickets", body.encode());
    }

    /// A ticket for a client that may join these rooms.
    public String ticketOf(String client, int seconds, List<String> rooms) {
        Answer answer = ticket(new JsonObject().put("client", client).put("ttl", seconds).put("rooms",
                new JsonArray(rooms)));
        if (answer.status() != 201) {
            throw new AssertionError("a ticket for " + client + ": " + answer.status() + " " + answer.body());
        }
        return answer.json().getString("ticket");
    }

    /// Any other call.
    public Answer call(String method, String path, String body) {
        return api.call(method, path, body);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
