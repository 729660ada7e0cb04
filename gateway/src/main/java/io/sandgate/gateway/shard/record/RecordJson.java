package io.sandgate.gateway.shard.record;

import io.sandgate.gateway.shard.protocol.ShardId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Session records as JSON, between replicas and on disk.
public final class RecordJson {

    private RecordJson() {}

    /// One record as an object.
    public static JsonObject write(SessionRecord record) {
        return new JsonObject().put("number", record.shard().number()).put("count", record.shard().count())
                .put("epoch", record.epoch()).put("owner", record.owner()).put("session", record.sessionId())
                .put("resumeUrl", record.resumeUrl().toString()).put("sequence", record.sequence())
                .put("intents", record.intents()).put("compression", record.compression())
                .put("readyAt", record.readyAt()).put("updatedAt", record.updatedAt());
    }

    /// Several records as an array.
    public static JsonArray write(Collection<SessionRecord> records) {
        JsonArray array = new JsonArray();
        records.forEach(record -> array.add(write(record)));
        return array;
    }

    /// The record in an object.
    ///
    /// @throws IllegalArgumentException when it is none
    public static SessionRecord read(JsonObject object) {
        try {
            return new SessionRecord(new ShardId(object.getInteger("number"), object.getInteger("count")),
                    object.getLong("epoch"), object.getString("owner"), object.getString("session"),
                    URI.create(object.getString("resumeUrl")), object.getLong("sequence"), object.getLong("intents"),
                    object.getString("compression"), object.getLong("readyAt"), object.getLong("updatedAt"));
        } catch (NullPointerException | ClassCastException e) {
            throw new IllegalArgumentException("session record: something is missing (expected: all of its fields)", e);
        }
    }

    /// The records in an array.
    ///
    /// @throws IllegalArgumentException when one of them is none
    public static List<SessionRecord> read(JsonArray array) {
        List<SessionRecord> records = new ArrayList<>();
        for (Object each : array) {
            if (!(each instanceof JsonObject object)) {
                throw new IllegalArgumentException("session records: " + each + " (expected: objects)");
            }
            records.add(read(object));
        }
        return records;
    }
}
