package io.sandgate.gateway.shard;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sandgate.gateway.shard.pacing.PacingListener;
import io.sandgate.gateway.shard.pacing.Permit;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.session.SessionMeters;
import io.sandgate.gateway.shard.session.SessionView;
import io.sandgate.gateway.shard.session.ShardState;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What is counted of the shards of a replica.
public final class ShardMeters implements PacingListener {
    private final SessionMeters sessions;
    private final Map<ShardState, Integer> states = new ConcurrentHashMap<>();
    private final MeterRegistry registry;
    private final Counter doubleOwner;
    private final Counter unused;
    private final Counter expired;
    private final Counter rejected;
    private volatile double startsLeft = Double.NaN;
    private volatile int permitsOut;
    private volatile int moving;
    private volatile int leads;
    private volatile double lag;
    private volatile int sends;

    public ShardMeters(MeterRegistry registry) {
        this.registry = registry;
        this.sessions = new SessionMeters(registry);
        for (ShardState state : ShardState.values()) {
            Gauge.builder("sandgate.shards", states, each -> each.getOrDefault(state, 0))
                    .description("shards of this replica").tag("state", word(state)).register(registry);
        }
        Gauge.builder("sandgate.shards.session.starts.left", this, each -> each.startsLeft)
                .description("sessions that may still be started in the present period, where this replica leads")
                .register(registry);
        Gauge.builder("sandgate.shards.permits.outstanding", this, each -> each.permitsOut)
                .description("permits to IDENTIFY that are out, where this replica leads").register(registry);
        Gauge.builder("sandgate.shards.moving", this, each -> each.moving)
                .description("shards on their way between living replicas, where this replica leads")
                .register(registry);
        Gauge.builder("sandgate.shards.leads", this, each -> each.leads).description("1 where this replica leads")
                .register(registry);
        Gauge.builder("sandgate.shards.sequence.lag", this, each -> each.lag)
                .description("events of this replica's sessions that came and that the sink has not accepted")
                .register(registry);
        Gauge.builder("sandgate.shards.send.budget.used", this, each -> each.sends)
                .description("payloads that the busiest connection has sent in the last minute, of 120")
                .register(registry);
        this.doubleOwner = Counter.builder("sandgate.shards.double.owner.seconds")
                .description(
                        "time in which two replicas said that they may act for one shard, where this replica leads")
                .register(registry);
        this.unused = permits("unused");
        this.expired = permits("expired");
        this.rejected = permits("rejected");
    }

    private Counter permits(String outcome) {
        return Counter.builder("sandgate.shards.permits").description("permits that led to no session").tag("outcome",
                outcome).register(registry);
    }

    private static String word(ShardState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    SessionMeters sessions() {
        return sessions;
    }

    MeterRegistry registry() {
        return registry;
    }

    /// A shard was taken, given back or let go.
    void moved(String reason) {
        Counter.builder("sandgate.shards.ownership.moves").description("shards that came here or went, by why")
                .tag("reason", reason).register(registry).increment();
    }

    /// What the shards of this replica do now.
    void views(Collection<SessionView> now) {
        for (ShardState state : ShardState.values()) {
            states.put(state, (int) now.stream().filter(each -> each.state() == state).count());
        }
        lag = now.stream().mapToLong(each -> each.received() - each.accepted()).sum();
        sends = now.stream().mapToInt(SessionView::sends).max().orElse(0);
    }

    /// For so long two replicas said that they may act for one shard.
    void doubleOwner(Duration time) {
        doubleOwner.increment(time.toNanos() / 1e9);
    }

    /// This replica leads.
    void leads(double left, int permits, int shardsMoving) {
        leads = 1;
        startsLeft = left;
        permitsOut = permits;
        moving = shardsMoving;
    }

    /// Another one leads, or nobody.
    void leadsNot() {
        leads = 0;
        startsLeft = Double.NaN;
        permitsOut = 0;
        moving = 0;
    }

    @Override
    public void gap(int key, Duration gap) {
        Timer.builder("sandgate.shards.identify.gap").description("between two IDENTIFYs of one identify window")
                .tag("key", key < 64 ? Integer.toString(key) : "more").register(registry).record(gap);
    }

    @Override
    public void unused(Permit permit) {
        unused.increment();
    }

    @Override
    public void expired(Permit permit) {
        expired.increment();
    }

    @Override
    public void rejected(ShardId shard, Duration margin) {
        rejected.increment();
    }
}
