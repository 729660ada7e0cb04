package io.sandgate.gateway.connection.socket;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.sandgate.gateway.connection.socket.ClientFrame.Unreadable;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// Puts the messages of a client together, and counts how fast they come. Confined to the socket's event loop.
final class Inbound {
    private static final long SECOND = 1_000_000_000;

    private final SocketSettings settings;
    private @Nullable Buffer parts;
    private long windowFrom;
    private int inWindow;

    Inbound(SocketSettings settings, long now) {
        this.settings = settings;
        this.windowFrom = now;
    }

    /// Takes a frame of any kind.
    ///
    /// @return the message that is whole with it, or what is wrong with it; null when there is nothing to do
    @Nullable
    ClientFrame take(WebSocketFrame frame, long now) {
        if (isFlood(now)) {
            return new Unreadable(CloseCode.RATE,
                    "more than " + settings.maxFramesPerSecond() + " frames in a second");
        }
        return switch (frame) {
            case BinaryWebSocketFrame _ -> new Unreadable(CloseCode.UNSUPPORTED, "a binary message (expected: text)");
            case TextWebSocketFrame _,ContinuationWebSocketFrame _ -> assemble(frame);
            default -> null;
        };
    }

    private boolean isFlood(long now) {
        if (now - windowFrom >= SECOND) {
            windowFrom = now;
            inWindow = 0;
        }
        inWindow++;
        return inWindow > settings.maxFramesPerSecond();
    }

    private @Nullable ClientFrame assemble(WebSocketFrame frame) {
        byte[] data = ByteBufUtil.getBytes(frame.content());
        int before = parts == null ? 0 : parts.length();
        if (before + data.length > settings.maxFrame()) {
            parts = null;
            return new Unreadable(CloseCode.TOO_BIG,
                    "a message of more than " + settings.maxFrame() + " bytes");
        }
        if (parts == null && frame.isFinalFragment()) {
            return ClientFrames.read(data);
        }
        Buffer whole = parts == null ? Buffer.buffer() : parts;
        whole.appendBytes(data);
        parts = frame.isFinalFragment() ? null : whole;
        return frame.isFinalFragment() ? ClientFrames.read(whole.getBytes()) : null;
    }
}
