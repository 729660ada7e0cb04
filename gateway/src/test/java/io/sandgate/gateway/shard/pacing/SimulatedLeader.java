package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.SessionStartLimit;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.proxy.replicate.Loop.Timer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A replica that leads: it holds polls until there is something for them, and asks the upstream for the limits.
final class SimulatedLeader {
    private static final Duration HOLD = Duration.ofMillis(500);

    /// A poll that is not answered yet.
    private record Held(long arrivedAt, Consumer<List<Permit>> answer, Timer end) {}

    private final PacingWorld world;
    private final IdentifyPacer pacer;
    private final Map<String, Held> held = new LinkedHashMap<>();
    private final SequencedSet<ShardId> came = new LinkedHashSet<>();
    private @Nullable Timer wake;
    private boolean asking;
    private boolean dead;
    private long pausedUntil;

    SimulatedLeader(PacingWorld world, long firstPermit) {
        this.world = world;
        pausedUntil = world.now();
        pacer = new IdentifyPacer(PacingSettings.DEFAULTS, PacingListener.NONE, firstPermit, world.now());
        serve();
    }

    /// The shards that waited here, as they came.
    List<ShardId> came() {
        return List.copyOf(came);
    }

    void kill() {
        dead = true;
        held.clear();
    }

    void pause(Duration time) {
        pausedUntil = world.now() + time.toNanos();
    }

    private void awake(Runnable action) {
        if (dead) {
            return;
        }
        long pause = pausedUntil - world.now();
        if (pause > 0) {
            world.after(Duration.ofNanos(pause), () -> awake(action));
        } else {
            action.run();
        }
    }

    void poll(String member, long incarnation, List<Waiting> waiting, List<PermitReport> reports,
            Consumer<List<Permit>> answer) {
        awake(() -> {
            long now = world.now();
            if (!pacer.poll(member, incarnation, waiting, reports, now)) {
                answer.accept(List.of());
                return;
            }
            waiting.forEach(one -> came.add(one.shard()));
            release(member, List.of());
            held.put(member, new Held(now, answer,
                    world.after(HOLD, () -> awake(() -> release(member, List.of())))));
            serve();
        });
    }

    private void release(String member, List<Permit> permits) {
        Held poll = held.remove(member);
        if (poll != null) {
            poll.end().cancel();
            poll.answer().accept(permits);
        }
    }

    private void serve() {
        long now = world.now();
        for (String member : List.copyOf(held.keySet())) {
            Held poll = held.get(member);
            List<Permit> permits = poll == null ? List.of() : pacer.grants(member, now, poll.arrivedAt());
            if (!permits.isEmpty()) {
                release(member, permits);
            }
        }
        if (pacer.readingWanted(now) && !asking) {
            ask();
        }
        if (wake != null) {
            wake.cancel();
        }
        OptionalLong next = pacer.nextChange(now);
        if (next.isPresent()) {
            wake = world.after(Duration.ofNanos(next.getAsLong() - now), () -> awake(this::serve));
        }
    }

    /// Asks, and asks again when nothing came; not more than once a second.
    private void ask() {
        asking = true;
        long requestedAt = world.now();
        world.after(world.upstreamLatency(), () -> {
            SessionStartLimit limit = world.upstream().limit(world.now());
            world.after(world.upstreamLatency(), () -> awake(() -> {
                if (!world.isLost()) {
                    pacer.limit(limit, requestedAt, world.now());
                }
            }));
        });
        world.after(Duration.ofSeconds(1), () -> awake(() -> {
            asking = false;
            serve();
        }));
    }
}
