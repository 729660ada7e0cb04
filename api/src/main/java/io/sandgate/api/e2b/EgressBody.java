package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.sandbox.driver.Egress;
import java.util.ArrayList;
import java.util.List;

/// What a sandbox is to reach of the world, as bodies say it.
final class EgressBody {

    private EgressBody() {}

    /// Reads it.
    ///
    /// @param internet whether the world is reached where the lists say nothing
    /// @param lists what has `allowOut` and `denyOut`
    /// @param prefix of their names in errors
    static Egress parse(boolean internet, JsonBody lists, String prefix) {
        for (String feature : List.of("rules", "egressProxy")) {
            if (!SpecialRequests.asksNothing(lists.member(feature))) {
                throw ApiException.unsupported(prefix + feature);
            }
        }
        List<String> allow = entries(lists, "allowOut", prefix);
        List<String> deny = entries(lists, "denyOut", prefix);
        try {
            return new Egress(internet, allow, deny);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(prefix + e.getMessage());
        }
    }

    private static List<String> entries(JsonBody body, String name, String prefix) {
        JsonNode value = body.member(name);
        List<String> entries = new ArrayList<>();
        if (!value.isMissingNode() && !value.isArray()) {
            throw JsonBody.wrong(prefix + name, "an array of strings");
        }
        for (JsonNode entry : value) {
            if (!entry.isTextual()) {
                throw JsonBody.wrong(prefix + name, "an array of strings");
            }
            entries.add(entry.asText());
        }
        return entries;
    }
}
