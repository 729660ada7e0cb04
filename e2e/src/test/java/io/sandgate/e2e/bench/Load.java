package io.sandgate.e2e.bench;

import java.util.ArrayList;
import java.util.List;

/// What the load generator does, in its own words. Immutable.
///
/// @param words its options
record Load(List<String> words) {

    Load {
        words = List.copyOf(words);
    }

    /// Over 64 kept connections, each with one request after the other for answers of 1 KiB, one sandbox after the other.
    static Load keepAlive() {
        return new Load(List.of());
    }

    /// Connections, each with one request or message at a time.
    Load connections(int count) {
        return with("connections", count);
    }

    /// HTTP/2 with so many streams at a time on each connection.
    Load http2(int streams) {
        return with("protocol", "http2").with("streams", streams);
    }

    /// A WebSocket on each connection that sends a message when the last one came back.
    Load messages(int bytes) {
        return with("protocol", "websocket").with("message", bytes);
    }

    /// At a fixed rate, whatever the answers take; latencies count from when a request was due.
    Load rate(int perSecond) {
        return with("rate", perSecond);
    }

    /// POST with a body.
    Load upload(long bytes) {
        return with("upload", bytes);
    }

    /// The length of an answer's body.
    Load answer(long bytes) {
        return with("answer", bytes);
    }

    /// So many requests and no more, all of them measured.
    Load requests(int count) {
        return with("requests", count).with("warm", 0);
    }

    /// How long it goes on before it is measured.
    Load warm(double seconds) {
        return with("warm", seconds);
    }

    /// How long it is measured at most.
    Load seconds(double seconds) {
        return with("seconds", seconds);
    }

    boolean isHttp2() {
        return words.contains("http2");
    }

    boolean isBulk() {
        return words.contains("--requests");
    }

    private Load with(String option, Object value) {
        List<String> more = new ArrayList<>(words);
        more.addAll(List.of("--" + option, String.valueOf(value)));
        return new Load(more);
    }
}
