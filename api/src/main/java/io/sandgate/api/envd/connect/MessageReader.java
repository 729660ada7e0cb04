package io.sandgate.api.envd.connect;

import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.MessageRoom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The messages of one request. What they take of the sandbox' room is given back with the next one, or when this is closed.
final class MessageReader implements AutoCloseable {

    private final HttpCall call;
    private final int max;
    private final MessageRoom.Place place;

    /// @param max bytes of a message
    MessageReader(HttpCall call, int max, MessageRoom room) {
        this.call = call;
        this.max = max;
        this.place = room.place();
    }

    /// The body as one message.
    Message whole() throws IOException {
        byte[] body = place.read(call.body(), max + 1L);
        if (body.length > max) {
            throw new ConnectException(ConnectCode.RESOURCE_EXHAUSTED, "the message is longer than " + max + " bytes");
        }
        return Message.parse(body);
    }

    /// The only envelope of the body.
    Message only() throws IOException {
        Message message = next().orElseThrow(() -> ConnectException.invalid("the body has no envelope"));
        if (next().isPresent()) {
            throw ConnectException.invalid("the body has a second envelope (expected: one)");
        }
        return message;
    }

    /// The next envelope; nothing at the end. What is too long is refused before any of it is read.
    Optional<Message> next() throws IOException {
        byte[] head = call.body().readNBytes(Envelope.HEAD);
        if (head.length == 0) {
            return Optional.empty();
        }
        if (head.length < Envelope.HEAD) {
            throw ConnectException.invalid("the body ends within an envelope, after " + head.length + " bytes");
        }
        int flags = head[0];
        long length = Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt(1));
        if ((flags & Envelope.COMPRESSED) != 0) {
            throw ConnectException.invalid("the envelope is compressed (expected: one that is not)");
        }
        if (flags != 0) {
            throw ConnectException.invalid("envelope flags: " + flags + " (expected: 0)");
        }
        if (length > max) {
            throw new ConnectException(ConnectCode.RESOURCE_EXHAUSTED,
                    "envelope length: " + length + " (expected: at most " + max + " bytes)");
        }
        place.close();
        byte[] json = place.read(call.body(), length);
        if (json.length < length) {
            throw ConnectException.invalid("the body ends within an envelope, after " + json.length + " of " + length
                    + " bytes");
        }
        return Optional.of(Message.parse(json));
    }

    @Override
    public void close() {
        place.close();
    }
}
