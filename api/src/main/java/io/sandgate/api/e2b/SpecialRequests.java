package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/// The options of a create that Sandgate does not offer.
///
/// They are accepted while they ask for nothing beyond what every sandbox gets, since SDKs send some of them always. A
/// request for protection or for a feature is refused rather than ignored.
final class SpecialRequests {

    /// The parts of `network` that are read elsewhere.
    private static final Set<String> OFFERED = Set.of("maskRequestHost", "allowPublicTraffic", "allowOut", "denyOut",
            "rules", "egressProxy");

    private SpecialRequests() {}

    static void check(JsonBody body) {
        boolean autoPause = body.flag("autoPause", false);
        boolean keepMemory = body.flag("autoPauseMemory", true);
        boolean autoResume = autoResume(body);
        if (!keepMemory && !autoPause) {
            throw ApiException.invalid("autoPauseMemory: false (expected: with autoPause only)");
        }
        if (!keepMemory && autoResume) {
            throw ApiException.invalid("autoPauseMemory: false (expected: without autoResume)");
        }
        network(body.member("network"));
        empty("mcp", body.member("mcp"), false);
        empty("iam", body.member("iam"), false);
        empty("volumeMounts", body.member("volumeMounts"), true);
    }

    /// Whether a request for the sandbox lets it run again when it is paused.
    static boolean autoResume(JsonBody body) {
        JsonNode wish = body.member("autoResume");
        if (wish.isMissingNode()) {
            return false;
        }
        JsonNode enabled = wish.path("enabled");
        if (!wish.isObject() || !(enabled.isBoolean() || enabled.isMissingNode() || enabled.isNull())) {
            throw JsonBody.wrong("autoResume", "an object with enabled: true or false");
        }
        return enabled.asBoolean(false);
    }

    private static void network(JsonNode network) {
        if (network.isMissingNode()) {
            return;
        }
        if (!network.isObject()) {
            throw JsonBody.wrong("network", "an object");
        }
        network.properties().forEach(entry -> {
            if (!OFFERED.contains(entry.getKey()) && (entry.getValue().isBoolean() || !asksNothing(entry.getValue()))) {
                throw ApiException.unsupported("network." + entry.getKey());
            }
        });
    }

    private static void empty(String name, JsonNode value, boolean list) {
        if (value.isMissingNode()) {
            return;
        }
        if (list ? !value.isArray() : !value.isObject()) {
            throw JsonBody.wrong(name, list ? "an array" : "an object");
        }
        if (!asksNothing(value)) {
            throw ApiException.unsupported(name);
        }
    }

    /// Whether it is null, empty, or holds only what asks for nothing.
    static boolean asksNothing(JsonNode value) {
        if (value.isContainerNode()) {
            for (JsonNode part : value) {
                if (value.isArray() || !asksNothing(part)) {
                    return false;
                }
            }
            return true;
        }
        return value.isNull() || value.isMissingNode() || value.asText().isEmpty();
    }
}
