package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Observed.Close;
import io.sandgate.e2e.upstream.Observed.Side;
import io.sandgate.e2e.upstream.Observed.Violation;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One WebSocket of a client: what is sent over it, its heartbeats, and its end. What the client sends is [Inbox]'s.
///
/// It is open until either side closes it; from the moment that this side does, it sends nothing, hears nothing, and has no
/// session. A client that reads too slowly is cut off. Confined to the loop.
final class Connection {
    private static final int MAX_UNREAD_BYTES = 8 << 20;
    private static final Set<Integer> LASTING_ENDS = Set.of(4003, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014);
    private static final int NO_CODE = -1;

    private final UpstreamState state;
    private final int number;
    private final ServerWebSocket socket;
    private final ConnectionQuery query;
    private final Wire wire;
    private final boolean resumeUrl;
    private @Nullable Session session;
    private boolean identifying;
    private boolean invalidated;
    private boolean zombie;
    private boolean spent;
    private boolean closing;
    private Duration patience = Duration.ZERO;
    private long lastHeartbeat;
    private boolean late;
    private long heartbeatTimer = -1;

    Connection(UpstreamState state, ServerWebSocket socket, ConnectionQuery query, Wire wire, boolean resumeUrl) {
        this.state = state;
        this.number = state.nextConnection();
        this.socket = socket;
        this.query = query;
        this.wire = wire;
        this.resumeUrl = resumeUrl;
        socket.setWriteQueueMaxSize(MAX_UNREAD_BYTES);
    }

    int number() {
        return number;
    }

    ConnectionQuery query() {
        return query;
    }

    /// Whether it came over the URL that READY named.
    boolean isResumeUrl() {
        return resumeUrl;
    }

    Optional<Session> session() {
        return Optional.ofNullable(session);
    }

    boolean isOpen() {
        return !closing;
    }

    /// Whether it has a session, or waits for READY.
    boolean isAuthenticated() {
        return session != null || identifying;
    }

    void identifying() {
        identifying = true;
    }

    /// Has a session from now on, or none.
    void session(@Nullable Session next) {
        session = next;
        identifying = false;
    }

    /// Has lost its session without having asked for it: what it sends before it knows is no offence.
    void invalidated() {
        invalidated = true;
        session(null);
    }

    boolean wasInvalidated() {
        return invalidated;
    }

    void send(int opcode, Object data) {
        send("{\"t\":null,\"s\":null,\"op\":" + opcode + ",\"d\":" + data + "}");
    }

    void send(String message) {
        if (!closing && !spent) {
            wire.write(socket, message);
            if (!socket.isClosed() && socket.writeQueueFull()) {
                drop();
            }
        }
    }

    void hello() {
        if (closing) {
            return;
        }
        Duration interval = state.rules().heartbeatInterval();
        patience = interval.multipliedBy(3).dividedBy(2);
        lastHeartbeat = state.now();
        send(10, "{\"heartbeat_interval\":" + interval.toMillis() + "}");
        awaitHeartbeat();
    }

    private void awaitHeartbeat() {
        if (closing) {
            return;
        }
        Duration left = patience.minusNanos(state.now() - lastHeartbeat);
        if (left.isPositive()) {
            heartbeatTimer = state.timer(left, this::awaitHeartbeat);
        } else if (!late) {
            // one that came while the loop was busy is read first
            late = true;
            heartbeatTimer = state.timer(Duration.ZERO, this::awaitHeartbeat);
        } else {
            offend(Rule.HEARTBEAT_ABSENT, "no heartbeat for " + patience.toMillis() + " ms");
        }
    }

    void heartbeat(long now) {
        lastHeartbeat = now;
        late = false;
        state.seen().heartbeats.incrementAndGet();
        if (!zombie && !state.modes().take(Mode.NO_ACK)) {
            send(11, "null");
        }
    }

    /// Acknowledges no heartbeat any more.
    void turnZombie() {
        zombie = true;
    }

    /// Sends a bomb, and nothing after it.
    void bomb(int mebibytes) {
        Optional<Buffer> bomb = closing || spent ? Optional.empty() : wire.bomb(mebibytes);
        bomb.ifPresent(bytes -> {
            spent = true;
            socket.writeBinaryMessage(bytes);
        });
    }

    /// Records an offence, and closes the connection when the rule says so.
    void offend(Rule rule, String text) {
        String whose = session == null ? "" : ", shard " + session.shard();
        state.seen().violations.add(new Violation(state.now(), rule, number, text + whose));
        if (rule.closeCode() != 0) {
            close(rule.closeCode(), rule.name());
        }
    }

    /// Closes it. A code after which a client must not resume ends the session.
    void close(int code, String reason) {
        if (!closing) {
            end(code, Side.UPSTREAM);
            socket.close((short) code, reason);
        }
    }

    /// Ends the TCP connection without a close frame.
    void drop() {
        if (!closing) {
            end(NO_CODE, Side.UPSTREAM);
            var _ = ((WebSocketInternal) socket).channelHandlerContext().close();
        }
    }

    /// The client ended it.
    void ended(@Nullable Short code) {
        if (!closing) {
            end(code == null || code == 1006 ? NO_CODE : code, Side.CLIENT);
        }
    }

    private void end(int code, Side by) {
        closing = true;
        state.cancel(heartbeatTimer);
        state.seen().closes.add(new Close(state.now(), number, session().map(Session::shard),
                session().map(Session::id).orElse(""), code, by));
        boolean lasting = by == Side.CLIENT ? code == 1000 || code == 1001 : LASTING_ENDS.contains(code);
        session().ifPresent(
                held -> state.leave(held, lasting ? "closed with " + code + " by the " + by : ""));
        session = null;
        state.closed(this);
        wire.close();
    }
}
