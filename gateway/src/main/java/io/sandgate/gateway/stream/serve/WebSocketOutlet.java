package io.sandgate.gateway.stream.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.pump.End;
import io.sandgate.gateway.stream.pump.Note;
import io.sandgate.gateway.websocket.WebSocketChannel;
import io.sandgate.gateway.websocket.WebSocketListener;
import io.sandgate.proxy.replicate.Loop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes to a WebSocket; batches as bytes that all subscribers share.
final class WebSocketOutlet implements SocketOutlet, WebSocketListener {
    /// More than the kernels have room for. A peer may answer several by one pong, and the rest would add up.
    private static final int MOST_UNANSWERED = 1024;

    private final WebSocketChannel socket;
    private final Line line;
    private final Encoder encoder;
    private final boolean deflates;
    private final Loop loop;
    private final StreamSettings settings;
    private @Nullable Listener listener;
    private long unasked;
    /// Pings that may still be answered.
    private int unanswered;
    private long pingedAt;
    private long heardAt;
    private boolean ended;

    /// @param deflates whether permessage-deflate was negotiated
    WebSocketOutlet(WebSocketChannel socket, Encoder encoder, boolean deflates, Loop loop,
            StreamSettings settings) {
        this.socket = socket;
        this.encoder = encoder;
        this.deflates = deflates;
        this.loop = loop;
        this.settings = settings;
        this.line = new Line(socket.channel(), loop.nanoTime());
        this.pingedAt = loop.nanoTime();
        this.heardAt = loop.nanoTime();
    }

    @Override
    public void listen(Listener told) {
        listener = told;
        socket.listen(this);
    }

    @Override
    public void received(WebSocketFrame frame) {
        switch (frame) {
            case PongWebSocketFrame _ -> answered();
            case PingWebSocketFrame _ -> {
            }
            default -> unexpected();
        }
    }

    /// A pong that nobody asked for says nothing of how far its sender is.
    private void answered() {
        if (unanswered > 0) {
            unanswered--;
            heardAt = loop.nanoTime();
        }
    }

    @Override
    public void broken(int code) {
        unexpected();
    }

    private void unexpected() {
        if (listener != null) {
            listener.unexpectedData();
        }
    }

    @Override
    public void drained() {
        if (listener != null) {
            listener.drained();
        }
    }

    @Override
    public void closing() {
        ended = true;
        closeLater();
    }

    @Override
    public void closed() {
        if (listener != null) {
            listener.closed();
        }
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
        int length = bytes.readableBytes();
        unasked += length;
        asked(length / Frames.UNASKED);
        socket.send(bytes);
        if (unasked >= Frames.UNASKED) {
            ping(loop.nanoTime());
        }
    }

    private void ping(long now) {
        pingedAt = now;
        unasked = 0;
        asked(1);
        var _ = socket.ping();
    }

    private void asked(int pings) {
        unanswered = Math.min(MOST_UNANSWERED, unanswered + pings);
    }

    @Override
    public void end(End end, Note note) {
        ended = true;
        // first: whatever goes wrong with the note, the connection ends
        closeLater();
        note(note);
        socket.close(end.code(), end.reason());
    }

    /// Of a peer that does not read the close frame never leaves.
    private void closeLater() {
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
        socket.abort();
    }

    private ByteBufAllocator allocator() {
        return socket.channel().alloc();
    }
}
