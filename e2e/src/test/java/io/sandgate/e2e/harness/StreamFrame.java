package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonObject;

/// One frame of `GET /events`.
///
/// @param text the JSON of it
/// @param id of the server-sent event; empty over a WebSocket, and where there is none
/// @param name of the server-sent event, likewise
public record StreamFrame(String text, String id, String name) {

    private static final String TYPE = "\"type\":\"";
    private static final String CURSOR = "\"cursor\":\"";

    /// One that came over a WebSocket.
    static StreamFrame of(String text) {
        return new StreamFrame(text, "", "");
    }

    /// What it is: `event`, `hello`, `live` and so on.
    public String type() {
        return text.startsWith("{" + TYPE) ? word(TYPE) : json().getString("type", "");
    }

    public boolean isEvent() {
        return type().equals("event");
    }

    /// The place that it names, as the server wrote it; empty when it names none.
    public String cursor() {
        return word(CURSOR);
    }

    /// The epoch of that place.
    public String epoch() {
        String cursor = cursor();
        return cursor.substring(0, cursor.indexOf(':'));
    }

    /// The number in that place.
    public long seq() {
        String cursor = cursor();
        return Long.parseLong(cursor.substring(cursor.indexOf(':') + 1));
    }

    public JsonObject json() {
        return new JsonObject(text);
    }

    /// Without parsing all of it, since tests read millions of them: the first of that name is the frame's own.
    private String word(String before) {
        int at = text.indexOf(before);
        if (at < 0) {
            return "";
        }
        int from = at + before.length();
        return text.substring(from, text.indexOf('"', from));
    }
}
