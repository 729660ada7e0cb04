package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.sandbox.tenant.Allowance;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.RateLimiter;
import io.vertx.core.http.HttpServerResponse;

/// Bounds how often one key calls this replica, and tells it in the headers of each answer.
final class RateGate {
    private static final int MOST_KEYS = 10_000;

    private final TenantServices tenants;
    private final RateLimiter limiter;
    private final Counter refused;

    RateGate(TenantServices tenants, MeterRegistry meters) {
        this.tenants = tenants;
        this.limiter = new RateLimiter(MOST_KEYS, tenants.nanos());
        this.refused = Counter.builder("sandgate.api.rate.refused")
                .description("calls refused because their key called too often").register(meters);
    }

    /// Counts a call, and refuses one too many.
    void admit(Caller caller, HttpServerResponse response) {
        int rate = rate(caller);
        if (rate == 0) {
            return;
        }
        // no id of a key begins with a colon
        Allowance allowance = limiter.take(caller.keyId().isEmpty() ? ":" + caller.name() : caller.keyId(), rate);
        response.putHeader("RateLimit-Limit", Integer.toString(allowance.limit()))
                .putHeader("RateLimit-Remaining", Integer.toString(allowance.remaining()))
                .putHeader("RateLimit-Reset", Integer.toString(allowance.resetSeconds()));
        if (!allowance.isAllowed()) {
            refused.increment();
            response.putHeader("Retry-After", Integer.toString(allowance.retrySeconds()));
            throw ApiException.of(429, "This API key calls more often than " + rate
                    + " times a second. Wait for as long as Retry-After says");
        }
    }

    private int rate(Caller caller) {
        int own = tenants.keys().get(caller.keyId()).map(KeyRecord::rate).orElse(KeyRecord.STANDARD_RATE);
        return own == KeyRecord.STANDARD_RATE ? tenants.rate() : own;
    }
}
