package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.sandbox.tenant.Claim;
import io.sandgate.sandbox.tenant.ClaimReport;
import io.sandgate.sandbox.tenant.Quota.Dimension;
import io.sandgate.sandbox.tenant.Quota.Excess;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Claims, and what is answered to them, in the form between replicas.
final class QuotaJson {

    private QuotaJson() {}

    static ObjectNode claim(Claim claim) {
        return Json.object().put("key", claim.key()).put("id", claim.id()).put("memoryMb", claim.memoryMb()).put("cpu",
                claim.cpu());
    }

    static Claim claim(JsonNode json) {
        return new Claim(json.path("key").asText(), json.path("id").asText(), json.path("memoryMb").asInt(),
                json.path("cpu").asInt());
    }

    /// What stands in the way of a claim; nothing of one that was granted.
    static ObjectNode verdict(Optional<Excess> excess) {
        ObjectNode json = Json.object().put("granted", excess.isEmpty());
        excess.ifPresent(over -> json.put("dimension", over.dimension().name()).put("limit", over.limit())
                .put("used", over.used()).put("wish", over.wish()));
        return json;
    }

    static Optional<Excess> verdict(JsonNode json) {
        if (json.path("granted").asBoolean()) {
            return Optional.empty();
        }
        return Optional.of(new Excess(Dimension.valueOf(json.path("dimension").asText("SANDBOXES")),
                json.path("limit").asLong(), json.path("used").asLong(), json.path("wish").asLong()));
    }

    static ObjectNode report(ClaimReport report) {
        ObjectNode json = Json.object().put("life", report.life()).put("upTo", report.upTo());
        ArrayNode asking = json.putArray("asking");
        report.asking().forEach(asking::add);
        ArrayNode open = json.putArray("open");
        report.open().forEach(claim -> open.add(claim(claim)));
        return json;
    }

    static ClaimReport report(JsonNode json) {
        Set<String> asking = new HashSet<>();
        json.path("asking").forEach(id -> asking.add(id.asText()));
        List<Claim> open = new ArrayList<>();
        json.path("open").forEach(claim -> open.add(claim(claim)));
        return new ClaimReport(json.path("life").asText(), json.path("upTo").asLong(), asking, open);
    }
}
