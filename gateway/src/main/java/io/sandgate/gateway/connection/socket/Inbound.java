package io.sandgate.gateway.connection.socket;

import io.sandgate.gateway.connection.socket.ClientFrame.Unreadable;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
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
        if (frame.isBinary()) {
            return new Unreadable(CloseCode.UNSUPPORTED, "a binary message (expected: text)");
        }
        return frame.isText() || frame.isContinuation() ? assemble(frame) : null;
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
        Buffer data = frame.binaryData();
        int before = parts == null ? 0 : parts.length();
        if (before + data.length() > settings.maxFrame()) {
            parts = null;
            return new Unreadable(CloseCode.TOO_BIG,
                    "a message of more than " + settings.maxFrame() + " bytes");
        }
        if (parts == null && frame.isFinal()) {
            return ClientFrames.read(data.getBytes());
        }
        Buffer whole = parts == null ? Buffer.buffer() : parts;
        whole.appendBuffer(data);
        parts = frame.isFinal() ? null : whole;
        return frame.isFinal() ? ClientFrames.read(whole.getBytes()) : null;
    }
}
