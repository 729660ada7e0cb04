package io.sandgate.proxy.replicate;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.Member;
import io.sandgate.proxy.route.Route;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// One replica's [PeerSync] among pretended peers, on virtual time.
final class SyncRig {

    /// A change that was published.
    static final class Published {
        private final long since;
        private @Nullable SyncResult result;
        private @Nullable Duration took;

        private Published(long since) {
            this.since = since;
        }

        boolean isAnswered() {
            return result != null;
        }

        SyncResult result() {
            return Objects.requireNonNull(result, "not answered");
        }

        /// How long the caller waited.
        Duration took() {
            return Objects.requireNonNull(took, "not answered");
        }
    }

    final VirtualLoop loop;
    final FakePeers peers;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final PeerSync sync;

    SyncRig(long seed, SyncBudget budget) {
        metrics.config().meterFilter(withoutPercentiles());
        loop = new VirtualLoop(seed);
        peers = new FakePeers(loop);
        sync = new PeerSync(budget, peers, loop, new SplittableRandom(seed), metrics);
    }

    SyncRig(long seed) {
        this(seed, SyncBudget.DEFAULT);
    }

    /// Percentiles cost a histogram for each of thousands of rigs.
    private static MeterFilter withoutPercentiles() {
        return new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return DistributionStatisticConfig.builder().percentiles(new double[0]).build().merge(config);
            }
        };
    }

    /// Lets members join, and be told once that they are to fetch.
    void join(Collection<Member> members) {
        members.forEach(sync::join);
        run(1_000);
        peers.forget(members);
    }

    Published publish(Route route) {
        Published published = new Published(loop.nanoTime());
        sync.publish(route).whenComplete((result, error) -> {
            published.result = result;
            published.took = Duration.ofNanos(loop.nanoTime() - published.since);
        });
        return published;
    }

    /// Publishes and runs until the caller is answered.
    Published await(Route route) {
        Published published = publish(route);
        loop.runUntil(published::isAnswered, Duration.ofSeconds(5));
        return published;
    }

    void run(long millis) {
        loop.run(Duration.ofMillis(millis));
    }

    double gauge(String name) {
        return metrics.get(name).gauge().value();
    }

    double counter(String name, String... tags) {
        var counter = metrics.find(name).tags(tags).counter();
        return counter == null ? 0 : counter.count();
    }

    /// Requests that hold a permit.
    int inFlight() {
        return (int) gauge("sandgate.sync.in.flight");
    }
}
