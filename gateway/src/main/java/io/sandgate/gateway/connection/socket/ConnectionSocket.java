package io.sandgate.gateway.connection.socket;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.sandgate.gateway.connection.ClientSocket;
import io.sandgate.gateway.connection.socket.ClientFrame.Unreadable;
import io.sandgate.gateway.connection.socket.SocketMeters.Cut;
import io.sandgate.gateway.websocket.WebSocketChannel;
import io.sandgate.gateway.websocket.WebSocketListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/// One client's WebSocket.
///
/// What may be called from any thread only reserves room and hands over to the socket's event loop, to which all else is
/// confined. Times are nanoseconds of one clock that only goes forward.
///
/// Implementation note: a close frame never ends a connection whose client does not read, because it is never written. So
/// [#check] looks at each socket once a second and cuts such ones.
final class ConnectionSocket implements ClientSocket, WebSocketListener {
    /// Bytes that a waiting message costs besides its text.
    static final int OVERHEAD = 256;

    private static final AtomicIntegerFieldUpdater<ConnectionSocket> RESERVED = AtomicIntegerFieldUpdater
            .newUpdater(ConnectionSocket.class, "reserved");

    private final WebSocketChannel socket;
    private final Channel channel;
    private final LoopSockets loop;
    private final Inbound inbound;
    private @Nullable SocketListener listener;
    private @Nullable String first;
    /// What has to wait for the first message; null from then on.
    private @Nullable List<Early> early = new ArrayList<>();
    /// Bytes that were taken and not written yet.
    private volatile int reserved;
    private volatile boolean closing;
    private int unwritten;
    private boolean pinging;
    private long heardAt;
    private long pingedAt;
    private long movedAt;
    private long closingAt;

    private record Early(String text, int cost) {}

    /// To be called on the socket's event loop.
    ConnectionSocket(WebSocketChannel socket, LoopSockets loop) {
        this.socket = socket;
        this.channel = socket.channel();
        this.loop = loop;
        long now = loop.now();
        this.inbound = new Inbound(loop.settings(), now);
        this.heardAt = now;
        this.pingedAt = now;
        this.movedAt = now;
    }

    /// Tells a listener from now on.
    ///
    /// @param hello the first message, which [#begin] writes; null for none
    void listen(SocketListener told, @Nullable String hello) {
        listener = told;
        first = hello;
        loop.add(this);
        socket.listen(this);
    }

    /// Writes the first message, and all that had to wait for it. May be called from any thread.
    void begin() {
        onLoop(this::writeFirst);
    }

    private void writeFirst() {
        List<Early> waiting = early;
        if (waiting == null) {
            return;
        }
        early = null;
        if (first != null) {
            int cost = cost(first);
            RESERVED.addAndGet(this, cost);
            write(first, cost);
            first = null;
        }
        waiting.forEach(each -> write(each.text(), each.cost()));
    }

    @Override
    public boolean deliver(String frameText) {
        int cost = cost(frameText);
        if (closing || !reserve(cost)) {
            loop.meters().full();
            return false;
        }
        return onLoop(() -> write(frameText, cost));
    }

    @Override
    public void close(int code, String reason) {
        onLoop(() -> end(code, reason));
    }

    private boolean onLoop(Runnable task) {
        try {
            channel.eventLoop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            // the event loops have been shut down, and the sockets with them
            return false;
        }
    }

    private static int cost(String text) {
        return ByteBufUtil.utf8Bytes(text) + OVERHEAD;
    }

    private boolean reserve(int cost) {
        int before;
        do {
            before = reserved;
            if (before + cost > loop.settings().maxPending()) {
                return false;
            }
        } while (!RESERVED.compareAndSet(this, before, before + cost));
        return true;
    }

    /// Writes at once; to be called on the event loop. A client that asks for more than it reads is cut off.
    void answer(String text) {
        int cost = cost(text);
        if (reserve(cost)) {
            write(text, cost);
        } else {
            loop.meters().cut(Cut.SLOW);
            end(CloseCode.SLOW, "more was asked for than was read");
        }
    }

    private void write(String text, int cost) {
        if (closing) {
            RESERVED.addAndGet(this, -cost);
            return;
        }
        if (early != null) {
            early.add(new Early(text, cost));
            return;
        }
        if (unwritten == 0) {
            movedAt = loop.now();
        }
        unwritten += cost;
        socket.text(text).addListener(done -> {
            unwritten -= cost;
            RESERVED.addAndGet(this, -cost);
            movedAt = loop.now();
        });
    }

    @Override
    public void received(WebSocketFrame frame) {
        if (closing || listener == null) {
            return;
        }
        long now = loop.now();
        heardAt = now;
        switch (inbound.take(frame, now)) {
            case null -> {
            }
            case Unreadable(int code, String why) -> {
                loop.meters().cut(code == CloseCode.RATE ? Cut.FLOOD : Cut.BAD_FRAME);
                end(code, why);
            }
            case ClientFrame message -> listener.received(message);
        }
    }

    /// Says why and closes; to be called on the event loop.
    private void end(int code, String reason) {
        if (closing) {
            return;
        }
        writeFirst();
        closing();
        var _ = socket.text(ServerFrames.end(code, reason));
        socket.close(code, reason);
    }

    @Override
    public void broken(int code) {
        if (!closing) {
            loop.meters().cut(Cut.BAD_FRAME);
            end(code, "a frame that is too long or broken");
        }
    }

    @Override
    public void drained() {
        // nothing waits here for room
    }

    @Override
    public void closing() {
        closing = true;
        closingAt = loop.now();
    }

    @Override
    public void closed() {
        closing = true;
        loop.remove(this);
        if (listener != null) {
            listener.closed();
        }
    }

    /// Cuts the connection when the client is gone or does not read, and asks whether it is there when it is time.
    void check(long now) {
        SocketSettings settings = loop.settings();
        if (channel.isWritable() && unwritten == 0) {
            movedAt = now;
        }
        boolean stuck = now - movedAt > settings.writeStall().toNanos();
        // what is written while something waits is read by somebody
        long sign = unwritten > 0 && movedAt - heardAt > 0 ? movedAt : heardAt;
        if (closing) {
            if (now - closingAt > settings.closeWait().toNanos()) {
                abort(Cut.LINGERING);
            }
        } else if (stuck) {
            abort(Cut.SLOW);
        } else if (now - sign > settings.deadAfter().toNanos()) {
            abort(Cut.SILENT);
        } else if (listener != null && !listener.isAllowed()) {
            loop.meters().cut(Cut.REVOKED);
            end(CloseCode.FORBIDDEN, "the API key was revoked");
        } else if (!pinging && now - pingedAt >= settings.pingEvery().toNanos()) {
            ping(now);
        }
    }

    private void ping(long now) {
        pinging = true;
        pingedAt = now;
        socket.ping().addListener(done -> pinging = false);
    }

    private void abort(Cut cut) {
        loop.meters().cut(cut);
        closing();
        socket.abort();
    }
}
