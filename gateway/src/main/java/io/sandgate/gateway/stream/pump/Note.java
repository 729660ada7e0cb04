package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Cursor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/// What the server says of the stream itself, between events; immutable.
///
/// @param type the word in `type`
/// @param json the whole
/// @param resume from where a subscriber may go on who has got it
public record Note(String type, Buffer json, Optional<Cursor> resume) {

    /// The first one of a subscriber who can go on from here.
    static Note hello(String replica, Cursor cursor) {
        return at("hello", cursor, new JsonObject().put("replica", replica));
    }

    /// The first one of a subscriber who gets the state first: until he has all of it he cannot go on from anywhere.
    static Note helloBeforeState(String replica, Cursor cursor) {
        return new Note("hello", hello(replica, cursor).json(), Optional.empty());
    }

    /// So many events of the state follow.
    static Note state(int count, Cursor cursor) {
        JsonObject json = new JsonObject().put("type", "state").put("count", count).put("cursor", cursor.toString());
        return new Note("state", json.toBuffer(), Optional.empty());
    }

    /// The state is complete.
    static Note stateEnd(Cursor cursor) {
        return at("state_end", cursor, new JsonObject());
    }

    /// All that was there has been sent.
    static Note live(Cursor cursor) {
        return at("live", cursor, new JsonObject());
    }

    /// Up to here there was nothing else to send.
    static Note cursor(Cursor cursor) {
        return at("cursor", cursor, new JsonObject());
    }

    /// The server closes.
    ///
    /// @param cursor from where to go on, when that is known
    static Note end(End end, Optional<Cursor> cursor) {
        JsonObject json = new JsonObject().put("type", "end").put("code", end.code()).put("reason", end.reason());
        cursor.ifPresent(place -> json.put("cursor", place.toString()));
        return new Note("end", json.toBuffer(), cursor);
    }

    private static Note at(String type, Cursor cursor, JsonObject more) {
        JsonObject json = new JsonObject().put("type", type).put("cursor", cursor.toString()).mergeIn(more);
        return new Note(type, json.toBuffer(), Optional.of(cursor));
    }
}
