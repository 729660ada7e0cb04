package io.sandgate.gateway.shard.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// One message of the upstream's, of which only the envelope was read.
///
/// @param op what it is: one of [Opcode], or one that is newer
/// @param sequence of an event, from 0; -1 when there is none
/// @param type of an event, for example `GUILD_CREATE`; empty when there is none
/// @param data the `d`, a part of the message's own bytes; `null` as text when there is none
public record Payload(int op, long sequence, String type, RawJson data) {
    /// Deeper than anything the upstream sends, and than what its values may be nested in others'.
    private static final int MAX_DEPTH = 256;

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /// Reads a message in one pass over its bytes, which the payload keeps.
    ///
    /// @throws BadFrameException when it is not one JSON object with an `op`, or an event without `s` or `t`
    public static Payload parse(byte[] message) throws BadFrameException {
        checkEncoding(message);
        try (JsonParser parser = JSON.createParser(message)) {
            return new Envelope(message, parser).read();
        } catch (IOException e) {
            // the parser's own words can quote more of the text than may be shown
            throw bad("not JSON", message);
        }
    }

    /// The data as an object.
    ///
    /// @throws BadFrameException when it is something else
    public JsonObject object() throws BadFrameException {
        try {
            return new JsonObject(data.toString());
        } catch (DecodeException e) {
            throw new BadFrameException(
                    "d of op " + op + (type.isEmpty() ? "" : " " + type) + ": not an object (expected: an object)");
        }
    }

    /// Whether the data is `true`: of an [Opcode#INVALID_SESSION], that the session may be resumed.
    public boolean flag() {
        return data.length() == 4 && data.toString().equals("true");
    }

    /// Without the data, which can hold tokens.
    @Override
    public String toString() {
        return "op " + op + " s " + sequence + " t " + type + " (" + data.length() + " bytes)";
    }

    /// Text in UTF-16 or UTF-32, which the parser would find out from its first bytes, has no offsets in bytes.
    private static void checkEncoding(byte[] message) throws BadFrameException {
        boolean isText = message.length > 0 && (message[0] == '{' || Character.isWhitespace(message[0]));
        for (int i = 0; i < Math.min(message.length, 4); i++) {
            isText &= message[i] != 0;
        }
        if (!isText) {
            throw bad("not a JSON object in UTF-8", message);
        }
    }

    private static BadFrameException bad(String what, byte[] message) {
        return new BadFrameException("message: " + what + ": " + BadFrameException.quote(message));
    }

    /// One pass over one message.
    private static final class Envelope {
        private final byte[] message;
        private final JsonParser parser;
        private boolean hasOp;
        private int op;
        private long sequence = -1;
        private String type = "";
        private RawJson data = new RawJson("null".getBytes(StandardCharsets.UTF_8), 0, 4);

        Envelope(byte[] message, JsonParser parser) {
            this.message = message;
            this.parser = parser;
        }

        Payload read() throws IOException, BadFrameException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bad("not a JSON object", message);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "op" -> readOp(value);
                    case "s" -> sequence = value == JsonToken.VALUE_NULL ? -1 : readSequence(value);
                    case "t" -> type = value == JsonToken.VALUE_NULL ? "" : readType(value);
                    case "d" -> data = slice();
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw bad("more than one JSON value", message);
            }
            if (!hasOp) {
                throw bad("no op (expected: an integer)", message);
            }
            if (op == Opcode.DISPATCH && (sequence < 0 || type.isEmpty())) {
                throw bad("an event without s or t (expected: both)", message);
            }
            return new Payload(op, sequence, type, data);
        }

        private void readOp(JsonToken value) throws IOException, BadFrameException {
            if (value != JsonToken.VALUE_NUMBER_INT) {
                throw bad("op is not an integer", message);
            }
            op = parser.getIntValue();
            hasOp = true;
        }

        private long readSequence(JsonToken value) throws IOException, BadFrameException {
            if (value != JsonToken.VALUE_NUMBER_INT || parser.getLongValue() < 0) {
                throw bad("s is not a sequence (expected: null or an integer from 0)", message);
            }
            return parser.getLongValue();
        }

        private String readType(JsonToken value) throws IOException, BadFrameException {
            if (value != JsonToken.VALUE_STRING) {
                throw bad("t is not a type (expected: null or a string)", message);
            }
            return parser.getText();
        }

        private RawJson slice() throws IOException {
            int from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
            parser.skipChildren();
            parser.finishToken();
            return new RawJson(message, from, Math.toIntExact(parser.currentLocation().getByteOffset()));
        }
    }
}
