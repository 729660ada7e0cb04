package io.sandgate.gateway.connection;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A socket that keeps what it gets.
final class FakeSocket implements ClientSocket {
    /// The messages.
    final List<String> frames = new ArrayList<>();
    /// What else it was told.
    final List<String> told = new ArrayList<>();
    int room = Integer.MAX_VALUE;
    int closedWith;
    private @Nullable Held held;

    @Override
    public boolean deliver(String frame) {
        if (closedWith != 0) {
            throw new IllegalStateException("delivered to a socket that is closed");
        }
        boolean isMessage = !frame.startsWith("{\"type\":\"joined\"") && !frame.startsWith("{\"type\":\"left\"");
        return frames.size() < room && (isMessage ? frames : told).add(frame);
    }

    @Override
    public void close(int code, String reason) {
        closedWith = code;
    }

    boolean isOpen() {
        return closedWith == 0;
    }

    Held opened(Opening opening) {
        Held opened = ((Opening.Opened) opening).held();
        held = opened;
        return opened;
    }

    Held held() {
        if (held == null) {
            throw new IllegalStateException("it was never opened");
        }
        return held;
    }
}
