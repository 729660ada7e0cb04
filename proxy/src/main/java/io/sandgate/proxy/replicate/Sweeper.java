package io.sandgate.proxy.replicate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.SweepVerdict;
import io.sandgate.membership.SweepVerdict.Allowed;
import io.sandgate.membership.SweepVerdict.Refused;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Clears the routes of dead replicas, when this replica is the one to do it.
///
/// Each route is fenced in the next epoch, and only if it is still what was looked at: two sweepers that do not know of
/// each other do no harm, and the replica that comes back outranks the fence with the epoch after it. Runs on the loop.
public final class Sweeper {
    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    /// So many publications at once keep the loop busy for some ten milliseconds.
    private static final int MOST_AT_ONCE = 1_000;

    /// What a replica knows of the others when it sweeps.
    public interface View {
        /// Whether it may sweep now.
        SweepVerdict verdict();

        /// Whether a replica with that id is known to be dead.
        boolean isDead(String authority);
    }

    private final String self;
    private final RouteTable table;
    private final Digests digests;
    private final PeerSync sync;
    private final View view;
    private final Loop loop;
    private final MeterRegistry registry;

    public Sweeper(String self, RouteTable table, Digests digests, PeerSync sync, View view, Loop loop,
            MeterRegistry registry) {
        this.self = self;
        this.table = table;
        this.digests = digests;
        this.sync = sync;
        this.view = view;
        this.loop = loop;
        this.registry = registry;
    }

    /// Looks again and again from now on.
    public void start() {
        loop.after(INTERVAL, () -> {
            sweep();
            start();
        });
    }

    private void sweep() {
        List<String> dead = digests.summaries().keySet().stream()
                .filter(authority -> !authority.isEmpty() && !authority.equals(self)).filter(view::isDead).sorted()
                .toList();
        if (dead.isEmpty()) {
            return;
        }
        switch (view.verdict()) {
            case Allowed() -> dead.forEach(this::sweep);
            case Refused(SweepVerdict.Reason reason) -> Counter.builder("sandgate.sweep.refused")
                    .description("Looks at routes of dead replicas that this one may not clear, by the reason")
                    .tag("reason", reason.tag()).register(registry).increment();
        }
    }

    private void sweep(String authority) {
        int swept = 0;
        for (Route route : table.routes()) {
            if (swept == MOST_AT_ONCE) {
                break;
            }
            if (route.authority().equals(authority)) {
                Route deletion = table.takeAndDelete(route, self);
                if (deletion != null) {
                    swept++;
                    sync.publish(deletion);
                }
            }
        }
        Counter.builder("sandgate.sweep.routes").description("Routes of dead replicas that this one cleared")
                .register(registry).increment(swept);
        log.warn("sweep.done authority={} routes={} (the replica is dead; if it comes back it brings them again)",
                authority, swept);
    }
}
