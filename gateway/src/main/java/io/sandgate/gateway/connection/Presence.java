package io.sandgate.gateway.connection;

import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventAppender;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Says who came and who left, as the rows of this replica's table change: every replica says so for itself.
///
/// A newer connection of a client is said as `client.connected` with that connection, and nobody has left; what it is not
/// in any more of the older one's rooms has been left.
final class Presence {
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
        boolean isSame = before != null && before.isSameConnection(after);
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

    private void client(String word, ClientRow row, String reason) {
        JsonObject data = data(row);
        if (!reason.isEmpty()) {
            data.put("reason", reason);
        }
        say("client." + word, "client/" + row.key().team() + "/" + row.key().client(), word.equals("disconnected"),
                row, data);
    }

    private void room(String word, ClientRow row, String room) {
        say("room." + word, "room/" + row.key().team() + "/" + room + "/" + row.key().client(), word.equals("left"),
                row, new JsonObject().put("room", room).mergeIn(data(row)));
    }

    private static JsonObject data(ClientRow row) {
        return new JsonObject().put("client", row.key().client()).put("connection", row.connection()).put("replica",
                row.replica());
    }

    /// What the log loses it counts itself, and asks for everything anew.
    private void say(String kind, String subject, boolean last, ClientRow row, JsonObject data) {
        events.append(new Event(kind, subject, last, clock.instant(), "", row.key().team(), Map.of(), data.encode(),
                Event.Reach.REPLICA));
    }
}
