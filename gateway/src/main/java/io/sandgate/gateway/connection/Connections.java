package io.sandgate.gateway.connection;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.stream.event.EventAppender;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.proxy.replicate.Loop;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The clients that are connected to the replicas: opens their connections, finds them, and sends to them. May be used from
/// any thread; nothing blocks.
public final class Connections implements AutoCloseable {

    /// What connections live in.
    ///
    /// @param self the id of this replica
    /// @param table where the rows are
    /// @param publisher says a row to the peers; done when they know, or have had their time
    /// @param ask asks the peers for the row of an id that is missing here, and puts it into the table; never fails
    /// @param owners what is known of the other replicas
    /// @param transport to them
    /// @param loop on which what others say is settled and sent
    /// @param events where it is written who came and who left
    /// @param log what was written there
    /// @param workers run what may block
    /// @param incarnation of this replica now
    /// @param clock for what people read
    /// @param random for the ids of connections and messages: not to be guessed
    public record Environment(String self, RouteTable table, RowPublisher publisher,
            Function<String, CompletionStage<@Nullable Route>> ask, Owners owners, PeerTransport transport, Loop loop,
            EventAppender events, EventReader log, Executor workers, LongSupplier incarnation, InstantSource clock,
            RandomGenerator random) {}

    private final RouteTable table;
    private final Loop loop;
    private final RandomGenerator random;
    private final ConnectionMeters meters;
    private final Roster roster;
    private final PresenceCheck presenceCheck;
    private final LocalConnections local;
    private final LocalDelivery delivery;
    private final Outboxes outboxes;
    private final Dispatch dispatch;
    private final Reassertions reassertions;

    /// Follows the table from now on.
    public Connections(ConnectionSettings settings, Environment environment, MeterRegistry registry) {
        this.table = environment.table();
        this.loop = environment.loop();
        this.random = environment.random();
        this.meters = new ConnectionMeters(registry);
        Presence presence = new Presence(environment.events(), environment.clock());
        this.roster = new Roster(presence, meters);
        this.presenceCheck = new PresenceCheck(table, roster, presence, environment.log(), environment.workers());
        this.local = new LocalConnections(new RowWriter(environment.self(), table, environment.publisher(),
                environment.incarnation(), environment.clock(), meters), random, meters, settings.maxRooms(),
                this::begun);
        this.delivery = new LocalDelivery(environment.self(), table, roster, local, loop, meters);
        this.outboxes = new Outboxes(settings, environment.owners(), environment.transport(), loop, meters);
        this.dispatch = new Dispatch(environment.self(), table, roster, delivery, outboxes, environment.owners(),
                environment.ask(), environment.publisher(), loop, meters);
        Recollection recollection = new Recollection(environment.self(), table, roster, outboxes, environment.owners(),
                loop, random);
        this.reassertions = new Reassertions(local, recollection, environment.owners(), loop, settings.assertAfter());
        roster.follow(table, key -> {
            if (local.isUnsettled(key, roster.find(key))) {
                loop.execute(() -> reassertions.settle(key));
            }
        });
    }

    private void begun(ClientKey key) {
        loop.execute(() -> reassertions.remember(key));
    }

    /// Writes all rows of this replica at another version. To be called when replicas are together again that had lost each
    /// other: what those on the other side said of its connections meanwhile is outranked by it.
    public void assertAnew() {
        loop.execute(reassertions::renewAll);
    }

    /// Opens a connection; an older one of the same client, here or elsewhere, is closed with 4010.
    ///
    /// @param rooms that it is in from the start
    public Opening open(ClientKey key, Set<String> rooms, ClientSocket socket) {
        return local.open(key, rooms, socket);
    }

    /// Sends a message to a client, whichever connection it has. Never fails.
    ///
    /// @param data any JSON value, as text
    public CompletionStage<Outcome> send(ClientKey key, String data) {
        MessageId id = MessageId.random(random);
        String frame = frame(id, "", data);
        return counted(dispatch.toClient(key, row -> new PeerRequest.Deliver(id, row.key(), row.connection(), frame)));
    }

    /// Sends a message to a connection of a team's client, and to no other. Never fails.
    ///
    /// @param data any JSON value, as text
    public CompletionStage<Outcome> send(String team, String connection, String data) {
        MessageId id = MessageId.random(random);
        String frame = frame(id, "", data);
        return counted(dispatch.toConnection(team, connection,
                row -> new PeerRequest.Deliver(id, row.key(), row.connection(), frame)));
    }

    private CompletionStage<Outcome> counted(CompletionStage<Outcome> outcome) {
        return outcome.thenApply(done -> {
            meters.message(switch (done) {
                case Outcome.Delivered _ -> "delivered";
                case Outcome.Offline _ -> "offline";
                case Outcome.Retry _,Outcome.Refused _ -> "retry";
            }, 1);
            return done;
        });
    }

    /// Sends a message to all who are in a room of a team. Never fails.
    ///
    /// @param data any JSON value, as text
    public CompletionStage<RoomOutcome> broadcast(String team, String room, String data) {
        MessageId id = MessageId.random(random);
        return dispatch.toRoom(team, room, id, frame(id, room, data)).thenApply(done -> {
            meters.message("delivered", done.delivered());
            meters.message("offline", done.offline());
            meters.message("retry", done.retry());
            return done;
        });
    }

    /// Ids and rooms have nothing that JSON would escape.
    private static String frame(MessageId id, String room, String data) {
        return "{\"type\":\"message\",\"id\":\"" + id.text() + "\","
                + (room.isEmpty() ? "" : "\"room\":\"" + room + "\",") + "\"data\":" + data + "}";
    }

    /// Puts a client into a room, wherever it is connected. Never fails.
    public CompletionStage<Outcome> join(ClientKey key, String room) {
        MessageId id = MessageId.random(random);
        return dispatch.toClient(key, row -> new PeerRequest.Join(id, row.key(), row.connection(), room));
    }

    /// Takes a client out of a room, wherever it is connected. Never fails.
    public CompletionStage<Outcome> leave(ClientKey key, String room) {
        MessageId id = MessageId.random(random);
        return dispatch.toClient(key, row -> new PeerRequest.Leave(id, row.key(), row.connection(), room));
    }

    /// A client, when it is connected as far as this replica knows.
    public Optional<ClientView> find(ClientKey key) {
        return Optional.ofNullable(roster.find(key)).map(ClientRow::view);
    }

    /// The connected clients of a team, in the order of their ids.
    ///
    /// @param after the id behind which they begin, or null
    public List<ClientView> list(String team, @Nullable String after, int limit) {
        return roster.list(team, after, limit).stream().map(ClientRow::view).toList();
    }

    /// Who is in a room of a team, in the order of their ids.
    public List<String> room(String team, String room) {
        return roster.room(team, room);
    }

    /// Carries out what another replica asks, and answers in the same order. What is too much for one task is done on the loop.
    ///
    /// @param isAwaited whether the other one waits for the answers still; what it has given up is left undone, as it asks again.
    ///        May be called on any thread
    public CompletionStage<List<PeerAnswer>> answer(List<PeerRequest> requests, BooleanSupplier isAwaited) {
        return delivery.carryOut(requests, true, isAwaited);
    }

    /// Compares what the event log says of who is there with how it is, on a worker, and says what differs: at the start, and
    /// when the log has lost something.
    public void assertPresence() {
        presenceCheck.run();
    }

    /// Withdraws all rows of this replica at once and closes the sockets with 1001; from now on none is opened.
    ///
    /// @return done when the peers know, or the time is over; never fails
    public CompletionStage<Void> drain(Duration atMost) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        local.drain().whenComplete((done, error) -> over.complete(null));
        loop.execute(() -> {
            if (!over.isDone()) {
                Loop.Timer timer = loop.after(atMost, () -> over.complete(null));
                over.minimalCompletionStage().thenAccept(done -> loop.execute(timer::cancel));
            }
        });
        return over.minimalCompletionStage();
    }

    /// Drains, and gives up what waits for other replicas.
    @Override
    public void close() {
        drain(Duration.ZERO);
        outboxes.close();
    }
}
