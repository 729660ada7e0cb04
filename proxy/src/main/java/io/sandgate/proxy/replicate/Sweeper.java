package io.sandgate.proxy.replicate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.SweepVerdict;
import io.sandgate.membership.SweepVerdict.Allowed;
import io.sandgate.membership.SweepVerdict.Refused;
import io.sandgate.proxy.replicate.Witnesses.Testimony;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteTable;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
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
    /// Records looked at without a pause: about a millisecond.
    private static final int MOST_SEEN_AT_ONCE = 20_000;
    /// Between two parts, in which the pushes of the first go out.
    private static final Duration PAUSE = Duration.ofMillis(50);

    /// What a replica knows of the others when it sweeps.
    public interface View {
        /// Whether it may sweep now.
        SweepVerdict verdict();

        /// Whether a replica with that id is known to be dead.
        boolean isDead(String authority);

        /// Whether anybody reaches a replica that is to be cleared. Never fails; completes on any thread.
        CompletionStage<Testimony> look(String authority);
    }

    private final String self;
    private final RouteTable table;
    private final Digests digests;
    private final PeerSync sync;
    private final View view;
    private final Loop loop;
    private final MeterRegistry registry;
    /// The authorities whose routes are being cleared. On the loop.
    private final Set<String> sweeping = new HashSet<>();
    /// The authorities that count as dead and were found to answer. On the loop.
    private final Set<String> kept = new HashSet<>();

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
            look();
            start();
        });
    }

    private void look() {
        kept.removeIf(authority -> !view.isDead(authority));
        List<String> dead = digests.summaries().keySet().stream()
                .filter(authority -> !authority.isEmpty() && !authority.equals(self)).filter(view::isDead)
                .filter(authority -> !sweeping.contains(authority)).sorted().toList();
        if (dead.isEmpty()) {
            return;
        }
        switch (view.verdict()) {
            case Allowed() -> dead.forEach(authority -> {
                sweeping.add(authority);
                view.look(authority).thenAccept(testimony -> loop.execute(() -> judge(authority, testimony)));
            });
            case Refused(SweepVerdict.Reason reason) -> refused(reason.tag());
        }
    }

    private void judge(String authority, Testimony testimony) {
        if (testimony == Testimony.NOT_REACHED) {
            kept.remove(authority);
            sweep(authority, 0, 0);
            return;
        }
        sweeping.remove(authority);
        refused(testimony.tag());
        if (testimony == Testimony.REACHED && kept.add(authority)) {
            log.warn("sweep.kept authority={} (no member any more, but it answers: is the network cut in part?)",
                    authority);
        }
    }

    private void refused(String reason) {
        Counter.builder("sandgate.sweep.refused")
                .description("Looks at routes of dead replicas that this one may not clear, by the reason")
                .tag("reason", reason).register(registry).increment();
    }

    /// Sweeps a part of the table, and the rest later, if all that allows it still holds.
    private void sweep(String authority, int firstBucket, int sweptBefore) {
        int swept = 0;
        int bucket = firstBucket;
        int seen = 0;
        boolean allowed = view.isDead(authority) && view.verdict() instanceof Allowed;
        for (; allowed && bucket < RouteHash.BUCKETS && seen < MOST_SEEN_AT_ONCE; bucket++) {
            for (Route route : table.bucket(bucket)) {
                seen++;
                Route deletion = route.authority().equals(authority) ? table.takeAndDelete(route, self) : null;
                if (deletion != null) {
                    swept++;
                    sync.publish(deletion);
                }
            }
            if (swept >= MOST_AT_ONCE) {
                bucket++;
                break;
            }
        }
        routes(swept);
        int sweptSoFar = sweptBefore + swept;
        if (allowed && bucket < RouteHash.BUCKETS) {
            int next = bucket;
            loop.after(swept == 0 ? Duration.ZERO : PAUSE, () -> sweep(authority, next, sweptSoFar));
        } else {
            sweeping.remove(authority);
            log.warn("sweep.{} authority={} routes={} (the replica {})", allowed ? "done" : "stopped", authority,
                    sweptSoFar, allowed
                            ? "is dead; if it comes back it brings them again"
                            : "came back, or this one "
                                    + "may not sweep any more");
        }
    }

    private void routes(int swept) {
        Counter.builder("sandgate.sweep.routes").description("Routes of dead replicas that this one cleared")
                .register(registry).increment(swept);
    }
}
