package io.sandgate.api.e2b;

import io.sandgate.sandbox.tenant.Claim;
import io.vertx.core.Future;
import java.util.Objects;

/// What a replica answers to the others about quotas.
///
/// @param owner decides, and says what is held here
record QuotaPeerCalls(QuotaOwner owner) {

    /// Decides about a claim.
    Future<Reply> claim(ApiRequest request) {
        JsonBody body = JsonBody.parse(request.body());
        Claim claim = new Claim(text(body, "key"), text(body, "id"), (int) body.number("memoryMb", 0),
                (int) body.number("cpu", 0));
        return owner.decide(text(body, "replica"), claim, KeyJson.quota(body.object("quota")))
                .map(excess -> Reply.json(200, QuotaJson.verdict(excess)));
    }

    /// What this replica holds.
    Future<Reply> report(ApiRequest request) {
        String key = Objects.requireNonNullElse(QueryString.parse(request.query()).first("key"), "");
        return owner.report(key).map(report -> Reply.json(200, QuotaJson.report(report)));
    }

    private static String text(JsonBody body, String name) {
        String text = body.text(name);
        if (text == null) {
            throw ApiException.invalid(name + ": (absent) (expected: a string)");
        }
        return text;
    }
}
