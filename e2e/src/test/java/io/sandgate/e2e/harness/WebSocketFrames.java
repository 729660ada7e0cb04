package io.sandgate.e2e.harness;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The frames of the event stream over a WebSocket.
final class WebSocketFrames implements Frames {

    private final WebSocketWire wire;

    WebSocketFrames(WebSocketWire wire) {
        this.wire = wire;
    }

    @Override
    public @Nullable StreamFrame next() throws IOException {
        String text = wire.next();
        return text == null ? null : StreamFrame.of(text);
    }

    @Override
    public void probe() throws IOException {
        wire.probe();
    }

    @Override
    public void say(String text) throws IOException {
        wire.sendText(text);
    }

    @Override
    public int closeCode() {
        return wire.closeCode();
    }
}
