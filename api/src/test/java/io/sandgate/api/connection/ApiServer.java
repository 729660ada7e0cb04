package io.sandgate.api.connection;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.connection.TicketAccess.Answer.Denied;
import io.sandgate.api.connection.TicketAccess.Answer.Granted;
import io.sandgate.api.http.Answers;
import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.ClientSocket;
import io.sandgate.gateway.connection.Held;
import io.sandgate.gateway.connection.Opening;
import io.sandgate.gateway.connection.socket.SocketSettings;
import io.sandgate.gateway.connection.socket.Sockets;
import io.sandgate.gateway.connection.ticket.Ticket;
import io.sandgate.gateway.connection.ticket.Tickets;
import io.sandgate.gateway.limit.ConnectionLimits;
import io.sandgate.gateway.limit.LimitSettings;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A public listener with the calls about connections; the key `k1` is team `red`'s, `k2` is team `blue`'s. At [#EVENTS] it says
/// whose events a ticket opens.
final class ApiServer implements AutoCloseable {
    static final int MAX_MESSAGE = 1024;
    static final String EVENTS = "/events";

    final Vertx vertx = Vertx.vertx();
    final FakeClients clients = new FakeClients();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Set<String> revoked = ConcurrentHashMap.newKeySet();
    final int port;
    /// Requests that have been handled.
    final AtomicInteger handled = new AtomicInteger();
    /// Whether the connection of each request ends before it is handled.
    volatile boolean clientsLeave;
    volatile Instant now = Instant.parse("2026-01-01T00:00:00.5Z");

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ApiServer(LimitSettings settings) {
        Tickets tickets = new Tickets("seed".getBytes(StandardCharsets.UTF_8), () -> now,
                (team, keyId) -> !revoked.contains(keyId));
        Sockets sockets = new Sockets((key, rooms, socket) -> open(key, socket), "r1",
                (team, keyId) -> !revoked.contains(keyId), SocketSettings.DEFAULT, System::nanoTime, meters);
        ConnectionsApi api = new ConnectionsApi(clients, sockets, tickets,
                new ConnectionLimits(settings, System::nanoTime, meters), () -> now, MAX_MESSAGE);
        TicketAccess access = new TicketAccess(tickets);
        Router router = Router.router(vertx);
        Answers.forFailures(router);
        api.endpoints().forEach(endpoint -> router.route(endpoint.method(), endpoint.path())
                .handler(context -> {
                    if (clientsLeave) {
                        var _ = context.request().connection().close();
                    }
                    call(context, endpoint, access);
                    handled.incrementAndGet();
                }));
        router.get(EVENTS).handler(context -> events(context, access));
        port = vertx.createHttpServer().requestHandler(router)
                .listen(0, "127.0.0.1").await().actualPort();
    }

    private static void events(RoutingContext context, TicketAccess access) {
        switch (access.toEvents(context).orElseThrow()) {
            case Granted(Ticket ticket) -> Answers.json(context, 200, new JsonObject().put("team", ticket.team()));
            case Denied(int status, String message) -> Answers.error(context, status, message);
        }
    }

    private static void call(RoutingContext context, Endpoint endpoint, TicketAccess access) {
        if (endpoint.access() == Endpoint.Access.TICKET_OR_KEY && access.toConnect(context).isPresent()) {
            // the call itself says what is wrong with a ticket
            boolean granted = access.toConnect(context).get() instanceof Granted;
            endpoint.call().handle(context, granted ? "red" : "", "");
            return;
        }
        switch (String.valueOf(context.request().getHeader("X-API-Key"))) {
            case "k1" -> endpoint.call().handle(context, "red", "k1");
            case "k2" -> endpoint.call().handle(context, "blue", "k2");
            default -> Answers.error(context, 401, "There is no API key");
        }
    }

    private static Opening open(ClientKey key, ClientSocket socket) {
        return new Opening.Opened(new Held() {
            @Override
            public String connectionId() {
                return key.team() + "-" + key.client();
            }

            @Override
            public CompletionStage<Void> known() {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void closed() {
                // nobody asks
            }

            @Override
            public Joining join(String room) {
                return Joining.JOINED;
            }

            @Override
            public void leave(String room) {
                socket.deliver("left");
            }
        });
    }

    /// Sends a request of team red.
    HttpResponse<String> send(String method, String path, String body) {
        return send("k1", method, path, body.getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> send(String key, String method, String path, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("X-API-Key", key).method(method, BodyPublishers.ofByteArray(body)).build();
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
        vertx.close().await();
    }
}
