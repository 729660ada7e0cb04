package io.sandgate.api.admin;

import io.sandgate.api.health.HealthChecks;
import io.sandgate.membership.Membership;
import io.sandgate.membership.Standing;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Whether this replica works, and whether it may be given traffic, in the form of `GET /healthz` and `GET /readyz`.
///
/// The first looks at the replica alone: who restarts what is not healthy must not do so because others are gone. The
/// second also looks at its place in the cluster.
///
/// @param readiness how far its life has come
/// @param checks its own probes
/// @param membership says whether it is in its cluster, and whether it is fenced
public record HealthView(Readiness readiness, HealthChecks checks, Membership membership) {

    /// `{"healthy"}`, and if it is not `failing`: what is wrong, by probe.
    JsonObject health() {
        Map<String, String> failures = new TreeMap<>(checks.failures());
        JsonObject json = new JsonObject().put("healthy", failures.isEmpty());
        if (!failures.isEmpty()) {
            JsonArray failing = new JsonArray();
            failures.forEach((probe, reason) -> failing
                    .add(new JsonObject().put("probe", probe).put("reason", reason)));
            json.put("failing", failing);
        }
        return json;
    }

    /// `{"ready"}`, and the `reason` if it is not.
    JsonObject ready() {
        String reason = reason();
        JsonObject json = new JsonObject().put("ready", reason.isEmpty());
        return reason.isEmpty() ? json : json.put("reason", reason);
    }

    private String reason() {
        String outside = membership.outsideBecause();
        if (!outside.isEmpty()) {
            return outside;
        }
        if (!readiness.isReady()) {
            return readiness.reason();
        }
        Map<String, String> failures = new TreeMap<>(checks.failures());
        if (!failures.isEmpty()) {
            return failures.entrySet().stream().map(failure -> failure.getKey() + ": " + failure.getValue())
                    .collect(Collectors.joining("; ", "its own probes fail: ", ""));
        }
        Standing standing = membership.standing();
        return standing.fenced()
                ? "it compares its routes with the others, because " + standing.fencedBecause()
                : "";
    }
}
