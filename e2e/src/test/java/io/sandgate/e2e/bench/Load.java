package io.sandgate.e2e.bench;

import java.util.ArrayList;
import java.util.List;

/// What the load generator does, in its own words. Immutable.
///
/// @param words its options
/// @param kind what the proxy is to be set up for
record Load(List<String> words, Kind kind) {

    /// What a proxy has listeners of its own for.
    enum Kind {
        HTTP_1, HTTP_2, BODIES
    }

    Load {
        words = List.copyOf(words);
    }

    /// Over 64 kept connections, each with one request after the other for answers of 1 KiB, one sandbox after the other.
    static Load keepAlive() {
        return new Load(List.of(), Kind.HTTP_1);
    }

    /// Connections, each with one request or message at a time.
    Load connections(int count) {
        return with("connections", count);
    }

    /// HTTP/2 with so many streams at a time on each connection.
    Load http2(int streams) {
        return new Load(with("protocol", "http2").with("streams", streams).words, Kind.HTTP_2);
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

    /// A connection is closed after so many answers, and another one opened.
    Load turns(int count) {
        return with("turns", count);
    }

    /// One of so many requests is given up with its connection, before its answer has come or while it comes.
    Load forsakenOf(int count) {
        return with("forsaken", count);
    }

    /// So many requests and no more, all of them measured.
    Load requests(int count) {
        return with("requests", count).with("warm", 0);
    }

    /// So many large bodies, over two connections.
    Load bodies(int count) {
        return new Load(connections(2).requests(count).words, Kind.BODIES);
    }

    /// How long it goes on before it is measured.
    Load warm(double seconds) {
        return with("warm", seconds);
    }

    /// How long it is measured at most.
    Load seconds(double seconds) {
        return with("seconds", seconds);
    }

    private Load with(String option, Object value) {
        List<String> more = new ArrayList<>(words);
        more.addAll(List.of("--" + option, String.valueOf(value)));
        return new Load(more, kind);
    }
}
