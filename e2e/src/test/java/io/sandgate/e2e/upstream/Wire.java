package io.sandgate.e2e.upstream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketBase;
import java.util.Optional;

/// The way of messages to one client: as text, or through one stream of compression.
interface Wire {

    /// Writes one message.
    void write(WebSocketBase socket, String message);

    /// A small piece of the stream that inflates to so many MiB of spaces; empty for text. The stream is broken after it.
    Optional<Buffer> bomb(int mebibytes);

    /// Gives back what it holds outside of the heap.
    void close();

    /// The one that a client asked for; empty when it does not exist.
    static Optional<Wire> of(String compress) {
        return switch (compress) {
            case "" -> Optional.of(new TextWire());
            case "zlib-stream" -> Optional.of(new ZlibWire());
            case "zstd-stream" -> Optional.of(new ZstdWire());
            default -> Optional.empty();
        };
    }

    /// No compression.
    final class TextWire implements Wire {
        @Override
        public void write(WebSocketBase socket, String message) {
            socket.writeTextMessage(message);
        }

        @Override
        public Optional<Buffer> bomb(int mebibytes) {
            return Optional.empty();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
