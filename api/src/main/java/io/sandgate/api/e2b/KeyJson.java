package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyVersion;
import io.sandgate.sandbox.tenant.Quota;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Keys in E2B's JSON form, and in the one between replicas.
final class KeyJson {
    private static final String PREFIX = "e2b_";
    private static final int VALUE_LENGTH = 40;

    private KeyJson() {}

    /// What a client sees of a key.
    static ObjectNode shown(KeyRecord key) {
        ObjectNode json = Json.object().put("id", key.id()).put("name", key.name());
        json.putObject("mask").put("prefix", PREFIX).put("valueLength", VALUE_LENGTH).put("maskedValuePrefix", "")
                .put("maskedValueSuffix", key.suffix());
        json.put("createdAt", key.createdAt().toString());
        json.putObject("createdBy").put("id", key.createdBy()).put("email", "");
        json.putNull("lastUsed").put("teamID", key.team()).put("admin", key.admin()).set("quota", quota(key.quota()));
        if (key.rate() != KeyRecord.STANDARD_RATE) {
            json.put("rateLimit", key.rate());
        }
        return json;
    }

    /// What a client sees of a new key, this once.
    static ObjectNode created(KeyRecord key, String plain) {
        return shown(key).put("key", plain);
    }

    /// Without what has no limit.
    static ObjectNode quota(Quota quota) {
        ObjectNode json = Json.object();
        limit(json, "sandboxes", quota.sandboxes());
        limit(json, "memoryMb", quota.memoryMb());
        limit(json, "cpu", quota.cpu());
        return json;
    }

    static Quota quota(JsonBody json) {
        return new Quota(json.number("sandboxes", Quota.NO_LIMIT), json.number("memoryMb", Quota.NO_LIMIT),
                json.number("cpu", Quota.NO_LIMIT));
    }

    /// Records for another replica.
    static ObjectNode records(Collection<KeyRecord> keys) {
        ObjectNode json = Json.object();
        var list = json.putArray("records");
        for (KeyRecord key : keys) {
            ObjectNode one = list.addObject().put("id", key.id()).put("team", key.team()).put("name", key.name())
                    .put("hash", key.hash()).put("suffix", key.suffix()).put("admin", key.admin())
                    .put("createdAt", key.createdAt().toString()).put("createdBy", key.createdBy())
                    .put("rate", key.rate()).put("version", key.version().count())
                    .put("writer", key.version().replica());
            one.set("quota", quota(key.quota()));
            if (key.isRevoked()) {
                one.put("revokedAt", key.revokedAt().toString());
            }
        }
        return json;
    }

    /// Records of another replica.
    static List<KeyRecord> records(JsonBody json) {
        List<KeyRecord> keys = new ArrayList<>();
        try {
            for (JsonNode one : json.member("records")) {
                keys.add(record(one));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw ApiException.invalid("records: " + e.getMessage());
        }
        return keys;
    }

    private static KeyRecord record(JsonNode json) {
        String revoked = json.path("revokedAt").asText("");
        JsonNode limits = json.path("quota");
        Quota quota = new Quota(limits.path("sandboxes").asLong(Quota.NO_LIMIT),
                limits.path("memoryMb").asLong(Quota.NO_LIMIT), limits.path("cpu").asLong(Quota.NO_LIMIT));
        return new KeyRecord(text(json, "id"), text(json, "team"), text(json, "name"), text(json, "hash"),
                text(json, "suffix"), json.path("admin").asBoolean(), Instant.parse(text(json, "createdAt")),
                text(json, "createdBy"), quota, json.path("rate").asInt(KeyRecord.STANDARD_RATE),
                revoked.isEmpty() ? KeyRecord.NEVER : Instant.parse(revoked),
                new KeyVersion(json.path("version").asLong(), text(json, "writer")));
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(name + ": of another type (expected: a string)");
        }
        return value.asText();
    }

    private static void limit(ObjectNode json, String name, long limit) {
        if (limit != Quota.NO_LIMIT) {
            json.put(name, limit);
        }
    }
}
