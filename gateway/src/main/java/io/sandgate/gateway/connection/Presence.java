package io.sandgate.gateway.connection;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventAppender;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Says who came and who left, as the rows of this replica's table change: every replica says so for itself.
///
/// A newer connection of a client is said as `client.connected` with that connection, and nobody has left; what it is not
/// in any more of the older one's rooms has been left.
final class Presence {
    /// Why something ends that nobody saw end.
    private static final String FOUND = "found";

    private final EventAppender events;
    private final InstantSource clock;

    Presence(EventAppender events, InstantSource clock) {
        this.events = events;
        this.clock = clock;
    }

    /// Says what a change of one client's row means. One of both is there.
    ///
    /// @param reason why it is gone, in a word; empty when it is not
    void changed(@Nullable ClientRow before, @Nullable ClientRow after, String reason) {
        // in another incarnation a replica has the same connections still
        boolean isSame = before != null && after != null && before.connection().equals(after.connection())
                && before.replica().equals(after.replica());
        if (after != null && !isSame) {
            client("connected", after, "");
        }
        if (before != null) {
            before.rooms().stream().filter(room -> after == null || !after.rooms().contains(room))
                    .forEach(room -> room("left", before, room));
        }
        if (after != null) {
            List<String> told = isSame && before != null ? before.rooms() : List.of();
            after.rooms().stream().filter(room -> !told.contains(room)).forEach(room -> room("joined", after, room));
        }
        if (before != null && after == null) {
            client("disconnected", before, reason);
        }
    }

    /// Says how something is that the log has otherwise.
    ///
    /// @param row of its client now, or null
    /// @param told what the log has of it, or null
    /// @return done when it is stored
    CompletionStage<Cursor> correct(Fact fact, @Nullable ClientRow row, @Nullable Event told) {
        boolean isThere = row != null && (fact.room().isEmpty() || row.rooms().contains(fact.room()));
        JsonObject data = isThere && row != null
                ? data(row)
                : (told == null ? new JsonObject().put("client", fact.key().client()) : new JsonObject(told.data()))
                        .put("reason", FOUND);
        if (!fact.room().isEmpty()) {
            data.put("room", fact.room());
        }
        return say(fact, isThere, data);
    }

    private void client(String word, ClientRow row, String reason) {
        JsonObject data = data(row);
        if (!reason.isEmpty()) {
            data.put("reason", reason);
        }
        say(new Fact(row.key(), ""), word.equals("connected"), data);
    }

    private void room(String word, ClientRow row, String room) {
        say(new Fact(row.key(), room), word.equals("joined"), new JsonObject().put("room", room).mergeIn(data(row)));
    }

    private static JsonObject data(ClientRow row) {
        return new JsonObject().put("client", row.key().client()).put("connection", row.connection()).put("replica",
                row.replica());
    }

    /// What the log loses it counts itself, and has everything compared anew.
    private CompletionStage<Cursor> say(Fact fact, boolean isThere, JsonObject data) {
        return events.append(new Event(fact.kind(isThere), fact.subject(), !isThere, clock.instant(), "",
                fact.key().team(), Map.of(), data.encode(), Event.Reach.REPLICA));
    }

    /// What can be said of a client: that it is connected, or in a room.
    ///
    /// @param room or empty
    record Fact(ClientKey key, String room) {

        String subject() {
            return room.isEmpty()
                    ? "client/" + key.team() + "/" + key.client()
                    : "room/" + key.team() + "/" + room + "/" + key.client();
        }

        String kind(boolean isThere) {
            return room.isEmpty()
                    ? isThere ? "client.connected" : "client.disconnected"
                    : isThere ? "room.joined" : "room.left";
        }
    }
}
