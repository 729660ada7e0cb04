package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.sandbox.runtime.Usage;
import java.util.List;

/// What a sandbox used in E2B's JSON form.
final class UsageJson {

    private UsageJson() {}

    static ArrayNode of(List<Usage> usages) {
        ArrayNode json = Json.array();
        usages.forEach(usage -> json.add(of(usage)));
        return json;
    }

    static ObjectNode of(Usage usage) {
        return Json.object().put("timestamp", usage.time().toString())
                .put("timestampUnix", usage.time().getEpochSecond())
                .put("cpuCount", usage.cpuCount()).put("cpuUsedPct", usage.cpuUsedPct())
                .put("memUsed", usage.memoryUsed()).put("memTotal", usage.memoryTotal())
                .put("memCache", usage.memoryCache()).put("diskUsed", usage.diskUsed())
                .put("diskTotal", usage.diskTotal());
    }
}
