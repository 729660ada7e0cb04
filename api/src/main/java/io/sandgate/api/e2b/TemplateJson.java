package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/// Configured templates in E2B's JSON forms. Nobody built them: each has one build of its own name, which is ready, and what
/// is asked of times is the beginning of all.
final class TemplateJson {

    private static final String NEVER = Instant.EPOCH.toString();
    private static final String TAG = "default";
    private static final String READY = "ready";

    private TemplateJson() {}

    static ArrayNode list(List<TemplateInfo> templates) {
        ArrayNode json = Json.array();
        templates.forEach(template -> json.add(size(named(template), template).put("buildID", template.name())
                .put("buildStatus", READY).put("buildCount", 1).putNull("createdBy")));
        return json;
    }

    /// One with its build.
    static ObjectNode detail(TemplateInfo template) {
        ObjectNode json = named(template);
        size(json.putArray("builds").addObject(), template).put("buildID", template.name()).put("status", READY)
                .put("createdAt", NEVER).put("updatedAt", NEVER).put("finishedAt", NEVER);
        return json;
    }

    static ObjectNode alias(TemplateInfo template) {
        return Json.object().put("templateID", template.name()).put("public", true);
    }

    static ArrayNode tags(TemplateInfo template) {
        ArrayNode json = Json.array();
        json.addObject().put("tag", TAG).put("buildID", template.name()).put("createdAt", NEVER);
        return json;
    }

    private static ObjectNode named(TemplateInfo template) {
        ObjectNode json = alias(template).put("createdAt", NEVER).put("updatedAt", NEVER).putNull("lastSpawnedAt")
                .put("spawnCount", 0);
        json.putArray("aliases").add(template.name());
        json.putArray("names").add(template.name());
        return json;
    }

    private static ObjectNode size(ObjectNode json, TemplateInfo template) {
        return json.put("cpuCount", template.cpuCount()).put("memoryMB", template.memoryMb())
                .put("diskSizeMB", template.diskSizeMb()).put("envdVersion", SandboxJson.ENVD_VERSION);
    }
}
