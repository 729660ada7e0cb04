package io.sandgate.e2e;

import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.ShardWorld;
import io.sandgate.e2e.upstream.Observed;
import io.sandgate.e2e.upstream.RandomFaults;
import io.sandgate.e2e.upstream.SteadyEvents;
import io.sandgate.e2e.upstream.UpstreamRules;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/// Three replicas and an upstream to which everything happens that a correct client survives, in an order that a seed decides,
/// for as long as `sandgate.shards.random` says; `-Dsandgate.shards.seed` repeats an order.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ShardsAtRandomIT {
    private static final int SHARDS = 24;
    private static final double UPSTREAM_FAULTS_PER_SECOND = 3;
    private static final int EVENTS_PER_SECOND = 10;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /// Shorter than what an upstream waits for a heartbeat beyond the time of one, and longer than a lease.
    private static final Duration LONGEST_STOP = Duration.ofSeconds(2);
    private static final Duration HEARTBEAT = Duration.ofSeconds(8);

    /// What happens to a replica.
    private enum Blow {
        KILL, STOP, DRAIN
    }

    private final Duration time = Duration
            .parse("PT" + System.getProperty("sandgate.shards.random", "20s").toUpperCase(Locale.ROOT));
    private final long seed = Long.getLong("sandgate.shards.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private final SplittableRandom random = new SplittableRandom(seed);

    private final ShardWorld world = ShardWorld.withFiles(3, UpstreamRules.DISCORD.with(draft -> {
        draft.window = Duration.ofMillis(200);
        draft.maxConcurrency = 4;
        draft.recommendedShards = SHARDS;
        draft.heartbeatInterval = HEARTBEAT;
        draft.startTotal = 20_000;
        draft.startRemaining = 20_000;
        draft.replayDepth = 5_000;
        draft.guildsPerShard = 1;
    })).set(Map.of("shards.lease", "1500ms", "shards.starts-per-shard", "1000", "shards.max-backoff", "2s",
            "shards.hello-timeout", "2s", "shards.ready-timeout", "2s", "shards.resume-timeout", "4s"));

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void everything_thatHappensAtRandom_breaksNoRuleAndLosesNothing() {
        System.out.println("shards at random: seed=" + seed + " time=" + time.toSeconds() + "s");
        world.start("ShardsAtRandomIT");
        world.awaitAllLive();
        try (SteadyEvents events = world.upstream().publishSteadily(EVENTS_PER_SECOND)) {
            assertThat(events).isNotNull();
            try (RandomFaults faults = world.upstream().faultsAtRandom(seed, UPSTREAM_FAULTS_PER_SECOND)) {
                assertThat(faults).isNotNull();
                long until = System.nanoTime() + time.toNanos();
                while (until - System.nanoTime() > 0) {
                    pause(LONGEST_PAUSE);
                    strike();
                }
            }
            world.awaitAllLive();
        }
        Observed seen = world.upstream().seen();
        System.out.println("shards at random: seed=" + seed + " faults=" + seen.injected().size() + " identifies="
                + seen.identifies().size() + " resumes=" + seen.resumes().size() + " events="
                + world.events().count());
        world.assertNothingIsWrong();
    }

    private void strike() {
        List<ReplicaProcess> replicas = world.cluster().replicas();
        ReplicaProcess victim = replicas.get(random.nextInt(replicas.size()));
        Blow blow = Blow.values()[random.nextInt(Blow.values().length)];
        System.out.println("shards at random: " + blow + " " + victim.id());
        switch (blow) {
            case KILL -> {
                victim.kill9();
                pause(LONGEST_STOP);
                victim.start().awaitReady();
            }
            case STOP -> {
                world.stop(victim);
                pause(LONGEST_STOP);
                world.resume(victim);
            }
            case DRAIN -> {
                assertThat(victim.sigterm()).isZero();
                victim.start().awaitReady();
            }
        }
    }

    private void pause(Duration longest) {
        long until = System.nanoTime() + random.nextLong(longest.toNanos());
        while (until - System.nanoTime() > 0) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }
}
