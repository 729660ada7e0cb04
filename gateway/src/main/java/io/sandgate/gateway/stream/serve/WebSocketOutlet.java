package io.sandgate.gateway.stream.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.pump.End;
import io.sandgate.gateway.stream.pump.Note;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.http.ServerWebSocket;
import java.util.List;

/// Writes to a WebSocket. Batches go into the channel below Vert.x, as bytes that all subscribers share; Vert.x reads what
/// comes, answers pings and does the close handshake.
final class WebSocketOutlet implements SocketOutlet {
    private final ServerWebSocket socket;
    private final Line line;
    private final Encoder encoder;
    private final boolean deflates;
    private final Loop loop;
    private final StreamSettings settings;
    private long unasked;
    private long pingedAt;
    private long heardAt;
    private boolean ended;

    /// @param channel of the WebSocket
    /// @param deflates whether permessage-deflate was negotiated
    WebSocketOutlet(ServerWebSocket socket, Channel channel, Encoder encoder, boolean deflates, Loop loop,
            StreamSettings settings) {
        this.socket = socket;
        this.encoder = encoder;
        this.deflates = deflates;
        this.loop = loop;
        this.settings = settings;
        this.line = new Line(channel, loop.nanoTime());
        this.pingedAt = loop.nanoTime();
        this.heardAt = loop.nanoTime();
    }

    @Override
    public void listen(Listener listener) {
        socket.exceptionHandler(broken -> {});
        socket.pongHandler(pong -> heardAt = loop.nanoTime());
        socket.frameHandler(frame -> {
            if (frame.isText() || frame.isBinary() || frame.isContinuation()) {
                listener.unexpectedData();
            }
        });
        line.watch(listener::drained, listener::closed);
    }

    @Override
    public boolean isFull() {
        return line.isFull();
    }

    @Override
    public void events(String epoch, List<Entry> entries) {
        send(deflates
                ? encoder.deflatedFrames(allocator(), epoch, entries)
                : encoder.frames(allocator(), epoch, entries));
    }

    @Override
    public void state(List<Entry> entries) {
        send(Frames.texts(allocator(), entries));
    }

    @Override
    public void note(Note note) {
        send(Frames.text(allocator(), note.json()));
    }

    private void send(ByteBuf bytes) {
        unasked += bytes.readableBytes();
        line.send(bytes);
        if (unasked >= Frames.UNASKED) {
            ping(loop.nanoTime());
        }
    }

    private void ping(long now) {
        pingedAt = now;
        unasked = 0;
        line.send(Frames.ping(allocator()));
    }

    @Override
    public void end(End end, Note note) {
        ended = true;
        note(note);
        if (!socket.isClosed()) {
            var _ = socket.close((short) end.code(), end.reason());
        }
        // of a peer that does not read the close frame never leaves
        loop.after(settings.closing(), this::abort);
    }

    @Override
    public Health check(long now) {
        line.look(now);
        if (ended) {
            return Health.GOOD;
        }
        if (now - Math.max(heardAt, line.progressAt()) >= settings.stall().toNanos()) {
            return Health.STALLED;
        }
        if (now - Math.max(heardAt, line.movedAt()) >= settings.pong().toNanos()) {
            return Health.SILENT;
        }
        if (now - pingedAt >= settings.ping().toNanos() && !line.isFull()) {
            ping(now);
        }
        return Health.GOOD;
    }

    @Override
    public void abort() {
        line.abort();
    }

    private ByteBufAllocator allocator() {
        return line.context().alloc();
    }
}
