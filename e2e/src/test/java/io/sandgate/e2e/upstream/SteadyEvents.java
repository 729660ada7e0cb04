package io.sandgate.e2e.upstream;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// A publisher that gives each shard that has a session so many numbered events in a second, spread over the second, until it is
/// closed. What a busy moment delayed is made up for.
public final class SteadyEvents implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(10);

    private final UpstreamState state;
    private final UpstreamLoop loop;
    private final double perSecond;
    private final long began;
    private final Map<Shard, Long> given = new HashMap<>();
    private boolean over;

    SteadyEvents(UpstreamState state, UpstreamLoop loop, double perSecond) {
        this.state = state;
        this.loop = loop;
        this.perSecond = perSecond;
        this.began = state.now();
    }

    /// Publishes what is due, and again soon. A shard that is new, or had no session, is not given what was before.
    void tick() {
        if (over) {
            return;
        }
        double due = (state.now() - began) * perSecond / 1e9;
        Set<Shard> shards = state.sessions().shards();
        given.keySet().retainAll(shards);
        for (Shard shard : shards) {
            long dueHere = (long) (due + (double) shard.number() / shard.count());
            long from = given.getOrDefault(shard, dueHere);
            for (long i = from; i < dueHere; i++) {
                state.sessions().publishNext(shard, state.rules().replayDepth());
            }
            given.put(shard, dueHere);
        }
        state.timer(TICK, this::tick);
    }

    /// Ends it; nothing is published any more when this returns.
    @Override
    public void close() {
        loop.run(() -> over = true);
    }
}
