package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.PeerAnswer.Counts;
import io.sandgate.gateway.connection.PeerAnswer.Done;
import io.sandgate.gateway.connection.PeerAnswer.Full;
import io.sandgate.gateway.connection.PeerAnswer.Gone;
import io.sandgate.gateway.connection.PeerAnswer.TooManyRooms;
import io.sandgate.gateway.connection.PeerRequest.Broadcast;
import io.sandgate.gateway.connection.PeerRequest.Deliver;
import io.sandgate.gateway.connection.PeerRequest.Join;
import io.sandgate.gateway.connection.PeerRequest.Leave;
import io.sandgate.gateway.connection.PeerRequest.Look;
import io.sandgate.gateway.connection.PeerRequest.OfConnection;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteJson.MalformedRouteException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What replicas ask each other about connections, as JSON: `{"requests":[…]}` and `{"answers":[…]}`.
public final class PeerJson {
    private static final String REQUESTS = "requests";
    private static final String ANSWERS = "answers";
    private static final String TYPE = "type";

    private PeerJson() {}

    /// Writes requests as one body.
    public static Buffer requests(List<PeerRequest> requests) {
        JsonArray array = new JsonArray();
        requests.forEach(request -> array.add(write(request)));
        return new JsonObject().put(REQUESTS, array).toBuffer();
    }

    /// Reads the requests in a body.
    ///
    /// @throws IllegalArgumentException when it is none
    public static List<PeerRequest> readRequests(Buffer body) {
        return read(body, REQUESTS, PeerJson::request);
    }

    /// Writes answers as one body.
    public static Buffer answers(List<PeerAnswer> answers) {
        JsonArray array = new JsonArray();
        answers.forEach(answer -> array.add(write(answer)));
        return new JsonObject().put(ANSWERS, array).toBuffer();
    }

    /// Reads the answers in a body.
    ///
    /// @throws IllegalArgumentException when it is none
    public static List<PeerAnswer> readAnswers(Buffer body) {
        return read(body, ANSWERS, PeerJson::answer);
    }

    private static <T> List<T> read(Buffer body, String name, Function<JsonObject, T> reader) {
        try {
            List<T> all = new ArrayList<>();
            for (Object each : body.toJsonObject().getJsonArray(name)) {
                all.add(reader.apply((JsonObject) each));
            }
            return all;
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException(name + ": (expected: an array of what replicas ask about connections)",
                    e);
        }
    }

    private static JsonObject write(PeerRequest request) {
        JsonObject json = new JsonObject().put(TYPE, request.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .put("id", request.id().text());
        if (request instanceof OfConnection one) {
            json.put("team", one.key().team()).put("client", one.key().client()).put("connection", one.connection());
        }
        return switch (request) {
            case Deliver deliver -> json.put("frame", deliver.frame());
            case Join join -> json.put("room", join.room());
            case Leave leave -> json.put("room", leave.room());
            case Look look -> json.put("team", look.key().team()).put("client", look.key().client());
            case Broadcast broadcast -> json.put("team", broadcast.team()).put("room", broadcast.room()).put("frame",
                    broadcast.frame());
        };
    }

    private static PeerRequest request(JsonObject json) {
        MessageId id = new MessageId(text(json, "id"));
        String type = text(json, TYPE);
        return switch (type) {
            case "deliver" -> new Deliver(id, key(json), text(json, "connection"), text(json, "frame"));
            case "join" -> new Join(id, key(json), text(json, "connection"), room(json));
            case "leave" -> new Leave(id, key(json), text(json, "connection"), room(json));
            case "look" -> new Look(id, key(json));
            case "broadcast" -> new Broadcast(id, text(json, "team"), room(json), text(json, "frame"));
            default ->
                throw new IllegalArgumentException(
                        "type: " + type + " (expected: deliver, join, leave, look, broadcast)");
        };
    }

    private static ClientKey key(JsonObject json) {
        return new ClientKey(text(json, "team"), text(json, "client"));
    }

    private static String room(JsonObject json) {
        String room = text(json, "room");
        if (!Names.isRoom(room)) {
            throw new IllegalArgumentException("room: (expected: " + Names.EXPECTED_ROOM + ")");
        }
        return room;
    }

    private static String text(JsonObject json, String name) {
        String text = json.getString(name);
        if (text == null) {
            throw new IllegalArgumentException(name + ": (missing) (expected: a string)");
        }
        return text;
    }

    private static JsonObject write(PeerAnswer answer) {
        return switch (answer) {
            case Done() -> type("done");
            case Gone(Route newest) -> newest == null
                    ? type("gone")
                    : type("gone").put("newest", new String(RouteJson.write(newest), StandardCharsets.UTF_8));
            case Full() -> type("full");
            case TooManyRooms() -> type("too_many_rooms");
            case Counts(int delivered, int full) -> type("counts").put("delivered", delivered).put("full", full);
        };
    }

    private static JsonObject type(String type) {
        return new JsonObject().put(TYPE, type);
    }

    private static PeerAnswer answer(JsonObject json) {
        String type = text(json, TYPE);
        return switch (type) {
            case "done" -> new Done();
            case "gone" -> new Gone(route(json.getString("newest")));
            case "full" -> new Full();
            case "too_many_rooms" -> new TooManyRooms();
            case "counts" -> new Counts(json.getInteger("delivered"), json.getInteger("full"));
            default -> throw new IllegalArgumentException("type: " + type + " (expected: an answer)");
        };
    }

    private static @Nullable Route route(@Nullable String json) {
        if (json == null) {
            return null;
        }
        try {
            return RouteJson.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedRouteException e) {
            throw new IllegalArgumentException("newest: " + e.getMessage(), e);
        }
    }
}
