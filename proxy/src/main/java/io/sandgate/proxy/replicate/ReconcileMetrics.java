package io.sandgate.proxy.replicate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.proxy.replicate.RouteList.Outcomes;
import org.jspecify.annotations.Nullable;

/// What the rounds of reconciling found.
public final class ReconcileMetrics {
    private final MeterRegistry registry;

    public ReconcileMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void round(boolean isTruth, @Nullable Outcomes outcomes, @Nullable Throwable error) {
        String with = isTruth ? "authority" : "copy";
        String outcome = error != null ? "failed" : Outcomes.NOTHING.equals(outcomes) ? "equal" : "different";
        Counter.builder("sandgate.reconcile.rounds")
                .description("Comparisons of an authority's routes, with it or with another one's copy")
                .tag("with", with).tag("outcome", outcome).register(registry).increment();
        if (outcomes != null) {
            routes("taken", outcomes.taken());
            routes("deleted", outcomes.deleted());
            routes("refused", outcomes.refused());
        }
    }

    void wrongDigest() {
        Counter.builder("sandgate.reconcile.digests.wrong")
                .description("Digests that a check found to be not those of their routes").register(registry)
                .increment();
    }

    private void routes(String what, int routes) {
        Counter.builder("sandgate.reconcile.routes")
                .description("Routes that reconciling found, by what became of them")
                .tag("result", what).register(registry).increment(routes);
    }
}
