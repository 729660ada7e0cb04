package io.sandgate.sandbox.outbound;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Whether the first answer of a server says that it goes on with another protocol.
final class Switch {

    private static final String SWITCHED = "HTTP/1.1 101";

    private final StringBuilder status = new StringBuilder();
    private final CompletableFuture<Boolean> switched = new CompletableFuture<>();

    /// Hears what the server says, piece by piece.
    void said(byte[] bytes, int count) {
        for (int i = 0; i < count && status.length() < SWITCHED.length(); i++) {
            status.append((char) (bytes[i] & 0xff));
        }
        if (status.length() == SWITCHED.length()) {
            switched.complete(status.toString().equals(SWITCHED));
        }
    }

    /// The server says no more.
    void ended() {
        switched.complete(false);
    }

    /// Waits for it, no longer than the server is waited for.
    boolean await() throws IOException {
        try {
            return switched.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }
}
