package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxTokens;
import java.util.List;
import java.util.function.Supplier;

/// Sandboxes and templates in E2B's JSON forms.
final class SandboxJson {
    /// E2B's id of the node, which its SDKs require and do not use.
    static final String CLIENT_ID = "sandgate";

    /// Each version stands for something that the runtime in the sandbox can do, which SDKs use from then on.
    static final String ENVD_VERSION = "0.6.3";

    private static final TemplateInfo GONE = new TemplateInfo("", 0, 0, 0);

    private final Supplier<List<TemplateInfo>> templates;

    private final SandboxTokens tokens;
    private final Supplier<List<String>> isolation;

    /// @param isolation how this replica's sandboxes are kept apart less than they could be
    SandboxJson(Supplier<List<TemplateInfo>> templates, SandboxTokens tokens, Supplier<List<String>> isolation) {
        this.templates = templates;
        this.tokens = tokens;
        this.isolation = isolation;
    }

    /// The answer to create, connect and resume.
    ObjectNode created(Sandbox sandbox) {
        ObjectNode json = secrets(sandbox, identity(sandbox)).putNull("domain");
        return tokens.traffic(sandbox).map(token -> json.put("trafficAccessToken", token))
                .orElseGet(() -> json.putNull("trafficAccessToken"));
    }

    /// One sandbox in a list.
    ObjectNode listed(Sandbox sandbox, ListedState state) {
        TemplateInfo template = size(sandbox.template());
        ObjectNode json = identity(sandbox).put("startedAt", sandbox.startedAt().toString())
                .put("endAt", sandbox.endAt().toString()).put("cpuCount", template.cpuCount())
                .put("memoryMB", template.memoryMb()).put("diskSizeMB", template.diskSizeMb())
                .put("state", state.word());
        ObjectNode metadata = json.putObject("metadata");
        sandbox.metadata().forEach(metadata::put);
        return json;
    }

    /// One sandbox with all that is shown of it.
    ObjectNode detail(Sandbox sandbox, ListedState state) {
        ObjectNode json = secrets(sandbox, listed(sandbox, state)).putNull("domain");
        json.put("allowInternetAccess", sandbox.network().egress().internet());
        json.putObject("lifecycle").put("onTimeout", sandbox.onTimeout() == OnTimeout.KILL ? "kill" : "pause")
                .put("autoResume", sandbox.autoResume());
        ObjectNode network = json.putObject("network").put("allowPublicTraffic", sandbox.network().publicTraffic());
        String mask = sandbox.network().maskRequestHost();
        if (!mask.isEmpty()) {
            network.put("maskRequestHost", mask);
        }
        list(network, "allowOut", sandbox.network().egress().allowOut());
        list(network, "denyOut", sandbox.network().egress().denyOut());
        json.putArray("volumeMounts");
        ArrayNode shortfalls = json.putObject("isolation").putArray("lacking");
        isolation.get().forEach(shortfalls::add);
        return json;
    }

    private static void list(ObjectNode json, String name, List<String> entries) {
        if (!entries.isEmpty()) {
            ArrayNode list = json.putArray(name);
            entries.forEach(list::add);
        }
    }

    private ObjectNode secrets(Sandbox sandbox, ObjectNode json) {
        tokens.access(sandbox).ifPresent(token -> json.put("envdAccessToken", token));
        return json;
    }

    private static ObjectNode identity(Sandbox sandbox) {
        return Json.object().put("templateID", sandbox.template()).put("alias", sandbox.template())
                .put("sandboxID", sandbox.id()).put("clientID", CLIENT_ID).put("envdVersion", ENVD_VERSION);
    }

    boolean isTemplate(String name) {
        return templates.get().stream().anyMatch(template -> template.name().equals(name));
    }

    /// What a sandbox of a template takes; nothing for a template that is gone.
    TemplateInfo size(String name) {
        return templates.get().stream().filter(template -> template.name().equals(name)).findFirst()
                .orElse(GONE);
    }
}
