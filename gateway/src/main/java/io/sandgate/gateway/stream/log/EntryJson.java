package io.sandgate.gateway.stream.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// Writes entries as clients get them, in one line; the data come last, as they were given.
final class EntryJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    /// The event in a form that can be encoded, with data of one line.
    ///
    /// @param maxEvent how many characters its texts may have
    /// @throws IllegalArgumentException when it is too large, or a text is none, or the data are no JSON object
    static Event checked(Event event, int maxEvent) {
        long size = text("kind", event.kind()) + text("subject", event.subject()) + text("sandbox", event.sandbox())
                + text("owner", event.owner()) + text("data", event.data());
        for (Map.Entry<String, String> pair : event.metadata().entrySet()) {
            size += text("metadata", pair.getKey()) + text("metadata", pair.getValue());
        }
        if (size > maxEvent) {
            throw new IllegalArgumentException("event " + event.kind() + ": " + size + " characters (expected: at most "
                    + maxEvent + ")");
        }
        String data = data(event);
        return data.equals(event.data())
                ? event
                : new Event(event.kind(), event.subject(), event.last(), event.at(), event.sandbox(), event.owner(),
                        event.metadata(), data, event.reach());
    }

    private static long text(String name, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    throw new IllegalArgumentException(
                            name + ": half a character at " + i + " (expected: Unicode text)");
                }
                i++;
            }
        }
        return text.length();
    }

    private static String data(Event event) {
        if (event.data().isEmpty()) {
            return "{}";
        }
        try (JsonParser parser = FACTORY.createParser(event.data())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("data of " + event.kind() + " (expected: a JSON object)");
            }
            parser.skipChildren();
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw new IllegalArgumentException("data of " + event.kind() + " (expected: one JSON object)");
            }
        } catch (IOException e) {
            // the parser's own words may quote the data
            throw new IllegalArgumentException("data of " + event.kind() + " (expected: the text of a JSON object)");
        }
        // a line break between the parts would end a server-sent event; within a text there is none
        return event.data().replace('\n', ' ').replace('\r', ' ');
    }

    /// An entry of a checked event.
    static Entry entry(Cursor cursor, Event event, Origin origin) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("type", "event");
            json.writeStringField("cursor", cursor.toString());
            json.writeStringField("kind", event.kind());
            json.writeStringField("at", event.at().toString());
            json.writeObjectFieldStart("origin");
            json.writeStringField("replica", origin.replica());
            json.writeStringField("cursor", origin.cursor().toString());
            json.writeEndObject();
            optional(json, "sandbox", event.sandbox());
            optional(json, "owner", event.owner());
            if (!event.metadata().isEmpty()) {
                json.writeObjectFieldStart("metadata");
                for (Map.Entry<String, String> pair : event.metadata().entrySet()) {
                    json.writeStringField(pair.getKey(), pair.getValue());
                }
                json.writeEndObject();
            }
            json.writeFieldName("data");
            json.writeRawValue(event.data());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Entry(cursor.seq(), event, origin, Buffer.buffer(out.toByteArray()));
    }

    private static void optional(JsonGenerator json, String name, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(name, value);
        }
    }

    private EntryJson() {}
}
