package io.sandgate.api.connection;

import io.sandgate.api.connection.Endpoint.Access;
import io.sandgate.api.connection.Endpoint.Call;
import io.sandgate.api.http.Answers;
import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.ClientView;
import io.sandgate.gateway.connection.Connections;
import io.sandgate.gateway.connection.Outcome;
import io.sandgate.gateway.connection.Outcome.Delivered;
import io.sandgate.gateway.connection.Outcome.Offline;
import io.sandgate.gateway.connection.Outcome.Refused;
import io.sandgate.gateway.connection.Outcome.Retry;
import io.sandgate.gateway.connection.RoomOutcome;
import io.sandgate.gateway.connection.socket.Sockets;
import io.sandgate.gateway.connection.ticket.Ticket;
import io.sandgate.gateway.connection.ticket.Tickets;
import io.sandgate.gateway.limit.ConnectionLimits;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/// The calls about client connections on the public listener: tickets, the WebSocket itself, who is connected, messages and
/// rooms. Each is about the clients of the caller's team and no others. Any replica answers.
public final class ConnectionsApi {
    /// Enough for as many rooms as a ticket can name.
    private static final int MAX_ORDER = 16 * 1024;
    private static final String RETRY_SECONDS = "1";

    private final Clients clients;
    private final Tickets tickets;
    private final SocketCalls sockets;
    private final InstantSource clock;
    private final int maxMessage;

    /// @param maxMessage the most bytes that the body of a message may have
    public ConnectionsApi(Connections connections, Sockets sockets, Tickets tickets, ConnectionLimits limits,
            InstantSource clock, int maxMessage) {
        this(Clients.of(connections), sockets, tickets, limits, clock, maxMessage);
    }

    ConnectionsApi(Clients clients, Sockets sockets, Tickets tickets, ConnectionLimits limits, InstantSource clock,
            int maxMessage) {
        this.clients = clients;
        this.tickets = tickets;
        this.sockets = new SocketCalls(sockets, new TicketAccess(tickets), limits);
        this.clock = clock;
        this.maxMessage = maxMessage;
    }

    /// All calls, those with fixed paths before those with parameters.
    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/connections/ws", Access.TICKET_OR_KEY, checked(sockets::open)),
                key(HttpMethod.POST, "/connections/tickets", this::issue),
                key(HttpMethod.POST, "/connections/:connection/messages", this::sendToConnection),
                key(HttpMethod.GET, "/clients", this::list),
                key(HttpMethod.GET, "/clients/:client", this::show),
                key(HttpMethod.POST, "/clients/:client/messages", this::sendToClient),
                key(HttpMethod.GET, "/rooms/:room", this::showRoom),
                key(HttpMethod.POST, "/rooms/:room/messages", this::sendToRoom),
                key(HttpMethod.PUT, "/rooms/:room/clients/:client", this::join),
                key(HttpMethod.DELETE, "/rooms/:room/clients/:client", this::leave));
    }

    private static Endpoint key(HttpMethod method, String path, Call call) {
        return new Endpoint(method, path, Access.KEY, checked(call));
    }

    private static Call checked(Call call) {
        return (context, team, keyId) -> checked(context, () -> call.handle(context, team, keyId));
    }

    private static void checked(RoutingContext context, Runnable work) {
        try {
            work.run();
        } catch (BadRequestException e) {
            Answers.error(context, 400, String.valueOf(e.getMessage()));
        }
    }

    private void issue(RoutingContext context, String team, String keyId) {
        withBody(context, MAX_ORDER, body -> {
            Ticket ticket = TicketOrder.parse(body).ticket(team, keyId, clock.instant());
            Optional<String> issued = tickets.issue(ticket);
            if (issued.isEmpty()) {
                throw new BadRequestException("rooms: their names are too long together (expected: a ticket of at most "
                        + Tickets.MAX_LENGTH + " characters)");
            }
            context.response().putHeader("cache-control", "no-store");
            Answers.json(context, 201, new JsonObject().put("ticket", issued.get()).put("client", ticket.client())
                    .put("expiresAt", ticket.expiresAt().toString()));
        });
    }

    private void sendToClient(RoutingContext context, String team, String keyId) {
        ClientKey client = Parameters.client(context, team);
        withBody(context, maxMessage, body -> whenDone(context, clients.send(client, JsonText.oneLine(body)),
                outcome -> answer(context, outcome)));
    }

    private void sendToConnection(RoutingContext context, String team, String keyId) {
        String connection = Objects.requireNonNull(context.pathParam("connection"));
        withBody(context, maxMessage, body -> whenDone(context,
                clients.send(team, connection, JsonText.oneLine(body)), outcome -> answer(context, outcome)));
    }

    private void sendToRoom(RoutingContext context, String team, String keyId) {
        String room = Parameters.room(context);
        withBody(context, maxMessage, body -> whenDone(context,
                clients.broadcast(team, room, JsonText.oneLine(body)), outcome -> answer(context, outcome)));
    }

    private void join(RoutingContext context, String team, String keyId) {
        String room = Parameters.room(context);
        whenDone(context, clients.join(Parameters.client(context, team), room), outcome -> changed(context, outcome));
    }

    private void leave(RoutingContext context, String team, String keyId) {
        String room = Parameters.room(context);
        whenDone(context, clients.leave(Parameters.client(context, team), room), outcome -> changed(context, outcome));
    }

    private void show(RoutingContext context, String team, String keyId) {
        ClientKey client = Parameters.client(context, team);
        clients.find(client).ifPresentOrElse(view -> Answers.json(context, 200, json(view)),
                () -> Answers.error(context, 404, "client " + client.client() + " is not connected"));
    }

    private void list(RoutingContext context, String team, String keyId) {
        int limit = Parameters.limit(context);
        String after = Parameters.query(context, "after").map(Parameters::client).orElse(null);
        // one more than is asked for tells whether there are more
        List<ClientView> found = clients.list(team, after, limit + 1);
        JsonArray shown = new JsonArray();
        found.stream().limit(limit).map(ConnectionsApi::json).forEach(shown::add);
        JsonObject answer = new JsonObject().put("clients", shown);
        if (found.size() > limit) {
            answer.put("next", found.get(limit - 1).key().client());
        }
        Answers.json(context, 200, answer);
    }

    private void showRoom(RoutingContext context, String team, String keyId) {
        String room = Parameters.room(context);
        Answers.json(context, 200,
                new JsonObject().put("room", room).put("clients", new JsonArray(clients.room(team, room))));
    }

    private static JsonObject json(ClientView view) {
        return new JsonObject().put("client", view.key().client()).put("connection", view.connection())
                .put("replica", view.replica()).put("since", view.since().toString())
                .put("rooms", new JsonArray(view.rooms()));
    }

    private static void answer(RoutingContext context, Outcome outcome) {
        if (outcome instanceof Delivered(String id, String connection, String replica)) {
            Answers.json(context, 200, new JsonObject().put("result", "delivered").put("id", id)
                    .put("connection", connection).put("replica", replica));
        } else {
            notDone(context, outcome);
        }
    }

    private static void changed(RoutingContext context, Outcome outcome) {
        if (outcome instanceof Delivered) {
            context.response().setStatusCode(204).end();
        } else {
            notDone(context, outcome);
        }
    }

    private static void notDone(RoutingContext context, Outcome outcome) {
        switch (outcome) {
            case Delivered _ -> throw new IllegalArgumentException("delivered");
            case Offline() -> Answers.json(context, 404, new JsonObject().put("result", "offline"));
            case Retry(String why) -> {
                context.response().putHeader("retry-after", RETRY_SECONDS);
                Answers.json(context, 503, new JsonObject().put("result", "retry").put("message", why));
            }
            case Refused(String why) -> Answers.error(context, 409, why);
        }
    }

    private static void answer(RoutingContext context, RoomOutcome outcome) {
        Answers.json(context, 200, new JsonObject().put("id", outcome.id()).put("delivered", outcome.delivered())
                .put("offline", outcome.offline()).put("retry", outcome.retry()));
    }

    private static void withBody(RoutingContext context, int max, Consumer<Buffer> reader) {
        Answers.withBody(context, max, body -> checked(context, () -> reader.accept(body)));
    }

    /// Goes on upon the request's event loop.
    private static <T> void whenDone(RoutingContext context, CompletionStage<T> stage, Consumer<T> next) {
        Context loop = context.vertx().getOrCreateContext();
        stage.whenComplete((result, failure) -> loop.runOnContext(ignored -> {
            if (failure == null) {
                next.accept(result);
            } else {
                context.fail(failure);
            }
        }));
    }
}
