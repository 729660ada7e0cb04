package io.sandgate.e2e.harness;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// A `GET /events` that is not sent yet.
///
/// @param url of the listener, and the path
/// @param headers that go along
/// @param query names and values as they are meant, not encoded
/// @param transport how the events are to come
/// @param receiveBuffer bytes that the client's kernel keeps for it; 0 for what is usual
public record EventRequest(String url, Map<String, String> headers, Map<String, String> query, Transport transport,
        int receiveBuffer) {

    /// How events come.
    public enum Transport {
        /// As a WebSocket.
        WEB_SOCKET,
        /// As a WebSocket whose messages are deflated where the server wants to.
        DEFLATED_WEB_SOCKET,
        /// As server-sent events.
        SERVER_SENT
    }

    /// Everything, from the admin listener.
    public static EventRequest admin(ReplicaProcess replica) {
        String token = replica.plan().settings().get("admin.token");
        return new EventRequest(replica.adminUrl() + "/events",
                token == null ? Map.of() : Map.of("Authorization", "Bearer " + token), Map.of(), Transport.WEB_SOCKET,
                0);
    }

    /// What is of the key's team, from the public listener.
    ///
    /// @param key empty for none
    public static EventRequest open(ReplicaProcess replica, String key) {
        return new EventRequest(replica.publicUrl() + "/events", key.isEmpty() ? Map.of() : Map.of("X-API-KEY", key),
                Map.of(), Transport.WEB_SOCKET, 0);
    }

    /// The same with one more of the query.
    public EventRequest with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(query);
        more.put(name, value);
        return new EventRequest(url, headers, more, transport, receiveBuffer);
    }

    /// The same behind a place.
    public EventRequest after(String cursor) {
        return with("after", cursor);
    }

    public EventRequest header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new EventRequest(url, more, query, transport, receiveBuffer);
    }

    public EventRequest over(Transport other) {
        return new EventRequest(url, headers, query, other, receiveBuffer);
    }

    /// The same with a client that hardly buffers.
    public EventRequest narrow() {
        return new EventRequest(url, headers, query, transport, 16 * 1024);
    }

    /// Subscribes, and keeps the frames until they are asked for.
    public EventSubscriber subscribe() {
        return new EventSubscriber(this, null);
    }

    /// Subscribes.
    ///
    /// @param sink gets each frame on the subscriber's thread, which reads no further meanwhile
    public EventSubscriber subscribe(Consumer<StreamFrame> sink) {
        return new EventSubscriber(this, sink);
    }

    /// Sends it, and gives an answer that is to be an error.
    public Refusal refused() {
        try (StreamWire wire = send()) {
            if (wire.status() < 400) {
                throw new AssertionError(uri() + " answered " + wire.status() + " (expected: an error)");
            }
            return new Refusal(wire.status(), wire.header("retry-after"), wire.body());
        }
    }

    StreamWire send() {
        Map<String, String> all = new LinkedHashMap<>(headers);
        if (transport == Transport.SERVER_SENT) {
            all.put("Accept", "text/event-stream");
        } else {
            all.putAll(WebSocketWire.UPGRADE);
        }
        if (transport == Transport.DEFLATED_WEB_SOCKET) {
            all.putAll(WebSocketWire.COMPRESSED);
        }
        return new StreamWire(uri(), all, receiveBuffer);
    }

    /// Where it goes.
    public URI uri() {
        String encoded = query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return URI.create(url + (encoded.isEmpty() ? "" : "?" + encoded));
    }
}
