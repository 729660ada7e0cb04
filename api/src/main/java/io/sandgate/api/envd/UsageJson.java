package io.sandgate.api.envd;

import io.sandgate.sandbox.runtime.Usage;
import io.vertx.core.json.JsonObject;

/// What a sandbox uses, in the words of envd's `/metrics`.
final class UsageJson {

    private static final long MIB = 1024 * 1024;

    private UsageJson() {}

    static JsonObject of(Usage usage) {
        return new JsonObject().put("ts", usage.time().getEpochSecond()).put("cpu_count", usage.cpuCount())
                .put("cpu_used_pct", usage.cpuUsedPct()).put("mem_total", usage.memoryTotal())
                .put("mem_used", usage.memoryUsed()).put("mem_cache", usage.memoryCache())
                .put("mem_total_mib", usage.memoryTotal() / MIB).put("mem_used_mib", usage.memoryUsed() / MIB)
                .put("disk_total", usage.diskTotal()).put("disk_used", usage.diskUsed());
    }
}
