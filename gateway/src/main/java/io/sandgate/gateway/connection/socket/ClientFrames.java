package io.sandgate.gateway.connection.socket;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.sandgate.gateway.connection.socket.ClientFrame.Join;
import io.sandgate.gateway.connection.socket.ClientFrame.Leave;
import io.sandgate.gateway.connection.socket.ClientFrame.Ping;
import io.sandgate.gateway.connection.socket.ClientFrame.Unreadable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads the messages of clients: flat JSON objects with `type`, and `room` where the type has one. Nothing else is let pass.
final class ClientFrames {
    private static final JsonFactory JSON = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final String EXPECTED = "{\"type\":\"join\",\"room\":…}, {\"type\":\"leave\",\"room\":…} or {\"type\":\"ping\"}";
    private static final Unreadable OTHER = new Unreadable(CloseCode.POLICY, "expected: " + EXPECTED);

    private ClientFrames() {}

    /// Reads a whole message.
    static ClientFrame read(byte[] message) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
        } catch (CharacterCodingException e) {
            return new Unreadable(CloseCode.NO_TEXT, "a message that is not UTF-8");
        }
        try (JsonParser parser = JSON.createParser(text)) {
            return read(parser);
        } catch (IOException e) {
            return OTHER;
        }
    }

    private static ClientFrame read(JsonParser parser) throws IOException {
        String type = null;
        String room = null;
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return OTHER;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                return OTHER;
            }
            switch (name) {
                case "type" -> type = parser.getText();
                case "room" -> room = parser.getText();
                default -> {
                    return OTHER;
                }
            }
        }
        return parser.nextToken() == null ? of(type, room) : OTHER;
    }

    private static ClientFrame of(@Nullable String type, @Nullable String room) {
        return switch (type) {
            case "join" -> room == null ? OTHER : new Join(room);
            case "leave" -> room == null ? OTHER : new Leave(room);
            case "ping" -> room == null ? new Ping() : OTHER;
            case null, default -> OTHER;
        };
    }
}
