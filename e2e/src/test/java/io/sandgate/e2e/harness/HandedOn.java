package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonObject;

/// An event that a replica handed on.
///
/// @param nanos when the request with it began, by `System.nanoTime()`; 0 where that was not noted
/// @param replica who handed it on; empty where that was not noted
/// @param shard its number
/// @param session the upstream's id of it
/// @param number the upstream's running number of it, 0 when it has none
public record HandedOn(long nanos, String replica, int shard, String session, long sequence, long number) {

    /// One line of a sink.
    static HandedOn read(String line, String replica, long nanos) {
        JsonObject event = new JsonObject(line);
        Object number = event.getValue("data") instanceof JsonObject data ? data.getValue("n") : null;
        return new HandedOn(nanos, replica, event.getJsonArray("shard").getInteger(0), event.getString("session"),
                event.getLong("seq"), number instanceof Number given ? given.longValue() : 0L);
    }
}
