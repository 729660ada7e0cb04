package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.FrameReader;
import io.sandgate.gateway.shard.protocol.Opcode;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.SendBudget;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Optional;

/// One connection with what belongs to it alone: its decompressor, its heartbeats and its send budget.
final class Line {

    /// Hears how a connection goes.
    interface Listener {
        /// It is open.
        void opened();

        /// HELLO came, and heartbeats have begun.
        void hello();

        /// An event came.
        ///
        /// @throws BadFrameException when it is not what it should be
        void event(Payload event) throws BadFrameException;
    }

    /// Hears what a connection cannot be used any more after.
    interface Breaks {
        /// It could not be opened.
        void failed(String why);

        /// It was closed by the upstream or broke.
        void closed(int code);

        /// The upstream asks to connect again.
        void reconnect();

        /// There is no session, any more or yet.
        void invalid(boolean resumable);

        /// Something came that is not the protocol.
        void badFrame(String why);

        /// The last heartbeat was not acknowledged in time.
        void dead();
    }

    private final Upstream.Connection connection;
    private final Listener listener;
    private final Breaks breaks;
    private final SessionContext context;
    private final FrameReader reader;
    private final SendBudget budget;
    private final Heartbeats heartbeats;
    private boolean reading = true;

    /// @param sequence what a heartbeat says
    Line(Upstream.Connection connection, Listener listener, Breaks breaks, SessionContext context,
            Heartbeats.Sequence sequence) {
        SessionSettings settings = context.settings();
        this.connection = connection;
        this.listener = listener;
        this.breaks = breaks;
        this.context = context;
        this.reader = settings.compression().open(settings.maxMessage());
        this.budget = new SendBudget(settings.sendLimit(), settings.sendWindow());
        this.heartbeats = new Heartbeats(context.loop(), connection, budget, settings.sendWindow(), sequence,
                breaks::dead);
    }

    Heartbeats heartbeats() {
        return heartbeats;
    }

    /// A frame came.
    void read(byte[] frame) {
        try {
            Optional<byte[]> message = reader.read(frame);
            if (message.isPresent()) {
                on(Payload.parse(message.get()));
            }
        } catch (BadFrameException e) {
            breaks.badFrame(String.valueOf(e.getMessage()));
        }
    }

    private void on(Payload payload) throws BadFrameException {
        switch (payload.op()) {
            case Opcode.DISPATCH -> listener.event(payload);
            case Opcode.HELLO -> {
                if (!heartbeats.areRunning()) {
                    Duration interval = Heartbeats.interval(payload);
                    budget.heartbeatEvery(interval);
                    heartbeats.start(interval, context.random());
                    listener.hello();
                }
            }
            case Opcode.HEARTBEAT -> heartbeats.asked();
            case Opcode.HEARTBEAT_ACK -> heartbeats.acknowledged().ifPresent(context.meters()::latency);
            case Opcode.RECONNECT -> breaks.reconnect();
            case Opcode.INVALID_SESSION -> breaks.invalid(payload.flag());
            default -> {
                // newer than this program
            }
        }
    }

    /// Whether it was sent; not when too much was.
    boolean trySend(Buffer frame) {
        if (!budget.trySend(context.loop().nanoTime())) {
            return false;
        }
        connection.send(frame);
        return true;
    }

    /// Payloads sent in the window that ends now.
    int sends() {
        return budget.used(context.loop().nanoTime());
    }

    /// Reads on, or not.
    void reading(boolean wanted) {
        if (wanted != reading) {
            reading = wanted;
            heartbeats.reading(wanted);
            if (wanted) {
                connection.resume();
            } else {
                connection.pause();
            }
        }
    }

    /// Lets go of it, and closes it if it is not closed.
    ///
    /// @param code for the upstream; [Upstream#NO_CODE] when it is closed
    void end(int code) {
        heartbeats.stop();
        reader.close();
        if (code != Upstream.NO_CODE) {
            connection.close(code);
        }
    }
}
