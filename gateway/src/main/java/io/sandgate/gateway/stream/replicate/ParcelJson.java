package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.replicate.Parcel.Names;
import io.sandgate.gateway.stream.replicate.Parcel.Page;
import io.sandgate.gateway.stream.replicate.Parcel.Range;
import io.sandgate.gateway.stream.replicate.Parcel.States;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Parcels and replies as JSON objects. An event is an array, and its data the text that it was, so that nothing changes on the
/// way.
public final class ParcelJson {

    private ParcelJson() {}

    /// The parcel as it is sent.
    public static Buffer write(Parcel parcel) {
        Stamp stamp = parcel.stamp();
        JsonObject json = new JsonObject().put("from", stamp.from()).put("start", stamp.start())
                .put("number", stamp.number());
        switch (parcel) {
            case Range range -> json.put("after", range.after().toString()).put("to", range.to())
                    .put("entries", write(range.entries()));
            case Names names -> page(json, names.page(), names.last()).put("names", new JsonArray(names.subjects()));
            case States states -> page(json, states.page(), states.last()).put("states", write(states.entries()));
        }
        return json.toBuffer();
    }

    private static JsonObject page(JsonObject json, Page page, boolean last) {
        return json.put("place", page.place().toString()).put("token", page.token()).put("page", page.number())
                .put("last", last);
    }

    private static JsonArray write(List<Relayed> entries) {
        JsonArray array = new JsonArray();
        for (Relayed entry : entries) {
            Event event = entry.event();
            array.add(new JsonArray().add(entry.cursor().toString()).add(event.kind()).add(event.subject())
                    .add(event.last()).add(event.at().toString()).add(event.sandbox()).add(event.owner())
                    .add(new JsonObject(new HashMap<>(event.metadata()))).add(event.data()));
        }
        return array;
    }

    /// Reads a parcel.
    ///
    /// @throws IllegalArgumentException when it is none
    public static Parcel readParcel(Buffer body) {
        try {
            JsonObject json = body.toJsonObject();
            Stamp stamp = new Stamp(text(json.getString("from")), json.getLong("start"), json.getLong("number"));
            if (json.containsKey("entries")) {
                return range(stamp, json);
            }
            Page page = new Page(cursor(json.getString("place")), json.getLong("token"), json.getInteger("page"));
            return json.containsKey("names")
                    ? new Names(stamp, page, json.getBoolean("last"), names(json.getJsonArray("names")))
                    : new States(stamp, page, json.getBoolean("last"), entries(json.getJsonArray("states")));
        } catch (DecodeException | NullPointerException | ClassCastException | IndexOutOfBoundsException
                | DateTimeException e) {
            throw new IllegalArgumentException("the parcel lacks something, or something is of the wrong kind", e);
        }
    }

    private static Range range(Stamp stamp, JsonObject json) {
        Range range = new Range(stamp, cursor(json.getString("after")), json.getLong("to"),
                entries(json.getJsonArray("entries")));
        Cursor before = range.after();
        for (Relayed entry : range.entries()) {
            if (!entry.cursor().epoch().equals(before.epoch()) || entry.cursor().seq() <= before.seq()) {
                throw new IllegalArgumentException("entry " + entry.cursor() + " behind " + before
                        + " (expected: a later one of the same epoch)");
            }
            before = entry.cursor();
        }
        if (range.to() < before.seq()) {
            throw new IllegalArgumentException("to: " + range.to() + " (expected: " + before.seq() + " or more)");
        }
        return range;
    }

    private static List<Relayed> entries(JsonArray array) {
        List<Relayed> entries = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            JsonArray one = array.getJsonArray(i);
            Map<String, String> metadata = new HashMap<>();
            one.getJsonObject(7).forEach(member -> metadata.put(member.getKey(), (String) member.getValue()));
            entries.add(new Relayed(cursor(one.getString(0)),
                    new Event(text(one.getString(1)), text(one.getString(2)), one.getBoolean(3),
                            Instant.parse(one.getString(4)), text(one.getString(5)), text(one.getString(6)), metadata,
                            text(one.getString(8)), Reach.CLUSTER)));
        }
        return entries;
    }

    private static List<String> names(JsonArray array) {
        List<String> names = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            names.add(text(array.getString(i)));
        }
        return names;
    }

    private static String text(String value) {
        if (value == null) {
            throw new IllegalArgumentException("a text is missing");
        }
        return value;
    }

    private static Cursor cursor(String text) {
        return Cursor.parse(text(text))
                .orElseThrow(() -> new IllegalArgumentException("cursor: (expected: <epoch>:<number>)"));
    }

    /// The reply as it is sent; whether it is taken is in the status.
    public static JsonObject write(Reply reply) {
        return new JsonObject().put("heard", reply.heard().map(Cursor::toString).orElse(null));
    }

    /// Reads a reply.
    ///
    /// @throws IllegalArgumentException when it is none
    public static Reply readReply(boolean taken, Buffer body) {
        try {
            return new Reply(taken,
                    Optional.ofNullable(body.toJsonObject().getString("heard")).map(ParcelJson::cursor));
        } catch (DecodeException | ClassCastException e) {
            throw new IllegalArgumentException("the reply is no JSON object with a place", e);
        }
    }
}
