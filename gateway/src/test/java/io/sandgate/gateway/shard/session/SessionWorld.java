package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.shard.record.SessionRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A shard that goes from replica to replica, while its upstream, its sink and its lease fail as long as they may.
///
/// It is told what went wrong, and remembers the first such thing.
final class SessionWorld {
    private static final Duration FAULTS = Duration.ofMinutes(12);
    private static final Duration CALM = Duration.ofMinutes(4);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final long MILLI = 1_000_000;
    final VirtualLoop loop = new VirtualLoop(0);
    private final SplittableRandom random;
    private final StrictUpstream upstream;
    private final Map<String, Long> accepted = new HashMap<>();
    private boolean faulty = true;
    private long permits;
    private long attempts;
    private long epochs;
    private ReplicaLife life;
    private @Nullable String problem;
    private int takeovers;
    private int fences;

    SessionWorld(int seed) {
        random = new SplittableRandom(seed);
        upstream = new StrictUpstream(this, random.split(), this::complain);
        life = newLife(Optional.empty());
    }

    long now() {
        return loop.nanoTime();
    }

    boolean isFaulty() {
        return faulty;
    }

    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /// What happened, to tell whether anything did.
    Map<String, Integer> happened() {
        return Map.of("identifies", upstream.identifies, "resumes", upstream.resumes, "takeovers", takeovers, "fences",
                fences, "accepted", accepted.values().stream().mapToInt(Long::intValue).sum());
    }

    void run() {
        life.session().start();
        tick();
        events();
        harm();
        loop.run(FAULTS);
        faulty = false;
        loop.run(CALM);
        if (life.session().state() != ShardState.LIVE) {
            complain("not live in the end: " + life.session().view());
        }
        String current = life.session().record().map(SessionRecord::sessionId).orElse("none");
        if (upstream.last(current) != accepted.getOrDefault(current, -2L)) {
            complain("the sink has " + accepted.get(current) + " of " + upstream.last(current));
        }
        life.checkPermits();
    }

    void complain(String what) {
        if (problem == null) {
            problem = what + " at " + now() / MILLI + " ms";
        }
    }

    void check() {
        upstream.check();
        life.checkRecord();
    }

    private void tick() {
        life.tick();
        check();
        loop.after(TICK, this::tick);
    }

    private void events() {
        if (now() < FAULTS.plus(CALM).minusSeconds(20).toNanos()) {
            upstream.happen();
            loop.after(Duration.ofMillis(random.nextInt(20, 900)), this::events);
        }
    }

    private void harm() {
        if (!faulty) {
            return;
        }
        switch (random.nextInt(12)) {
            case 0 -> life.sink().restUntil(now() + random.nextInt(20_000) * MILLI);
            case 1, 2 -> life.lapse();
            case 3 -> life.crash();
            case 4 -> life.handOver();
            case 5 -> {
                loop.stall(Duration.ofMillis(random.nextInt(15_000)));
                upstream.excuse();
            }
            case 6 -> life.session().restart();
            default -> upstream.harm();
        }
        loop.after(Duration.ofMillis(random.nextInt(8_000)), this::harm);
    }

    private ReplicaLife newLife(Optional<SessionRecord> record) {
        epochs++;
        return new ReplicaLife(this, random.split(), upstream, record, epochs, accepted);
    }

    /// Another replica has the shard, with what it was given or has found.
    void succeed(Optional<SessionRecord> record) {
        takeovers++;
        life = newLife(record);
        life.session().start();
    }

    long nextPermit() {
        return ++permits;
    }

    long nextAttempt() {
        return ++attempts;
    }

    void fenced() {
        fences++;
    }
}
