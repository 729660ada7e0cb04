package io.sandgate.gateway.shard.backfill;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/// Replicas and an upstream that answers late, in any order, twice or not at all, and takes nothing now and then, while
/// connections end and shards move.
class BackfillSimulationTest {
    private static final int SCHEDULES = 20;

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.sandgate.gateway.shard.backfill");
    private final Holds holds = new Holds();

    @BeforeEach
    void capture() {
        logger.setAdditive(false);
        logger.addAppender(holds);
        holds.start();
    }

    @AfterEach
    void release() {
        logger.detachAppender(holds);
        logger.setAdditive(true);
    }

    @Test
    void newGuilds_areAllAskedForInTheEndThroughTheGate() {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            BackfillWorld world = new BackfillWorld(seed, BackfillWorld.Kind.FRESH);
            holds.watch(world, "seed " + seed);
            world.run();
            assertThat(world.violations).as("seed " + seed).isEmpty();
            assertThat(world.unasked()).as("seed " + seed).isEmpty();
        }
        assertThat(holds.released.keySet()).contains("drained", "max", "disconnect");
    }

    @Test
    void sweep_asksForEachGuildOnceInARoundAndKeepsTheRate() {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            BackfillWorld world = new BackfillWorld(seed, BackfillWorld.Kind.SWEEP);
            world.run();
            assertThat(world.violations).as("seed " + seed).isEmpty();
            assertThat(world.fullRounds()).as("seed " + seed).isGreaterThan(2);
            assertThat(world.mostIn(10)).as("seed " + seed).isLessThanOrEqualTo(world.allowedIn(10));
        }
    }

    @Test
    void both_keepTheUpstreamsTimeAndReachEveryGuild() {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            BackfillWorld world = new BackfillWorld(seed, BackfillWorld.Kind.BOTH);
            holds.watch(world, "seed " + seed);
            world.run();
            assertThat(world.violations).as("seed " + seed).isEmpty();
            assertThat(world.unasked()).as("seed " + seed).isEmpty();
        }
    }

    @Test
    void sameSeed_isTheSameRun() {
        BackfillWorld one = new BackfillWorld(77, BackfillWorld.Kind.BOTH);
        BackfillWorld other = new BackfillWorld(77, BackfillWorld.Kind.BOTH);
        one.run();
        other.run();
        assertThat(one.requests).isEqualTo(other.requests).hasSizeGreaterThan(500);
    }

    /// The holds of a world, by what the log says.
    private static final class Holds extends AppenderBase<ILoggingEvent> {
        private static final Pattern LINE = Pattern.compile("stabilize semaphore (acquired|released) shard=(\\S+) .*?"
                + "(?:reason=(\\w+))?");

        private final Map<String, Integer> released = new HashMap<>();
        private Consumer<Matcher> watcher = _ -> {};

        void watch(BackfillWorld world, String as) {
            Map<String, Double> since = new HashMap<>();
            watcher = line -> {
                String shard = line.group(2);
                if (line.group(1).equals("acquired")) {
                    assertThat(since.put(shard, world.now())).as(as + ", held before").isNull();
                    long held = since.keySet().stream()
                            .filter(other -> world.ownerOf(other) == world.ownerOf(shard)).count();
                    if (held > BackfillWorld.CONCURRENCY) {
                        world.violations.add(held + " holds");
                    }
                } else {
                    Double began = since.remove(shard);
                    assertThat(began).as(as + ", released once").isNotNull();
                    if (world.now() - began > BackfillWorld.MAX_HOLD.toSeconds() + 1e-6) {
                        world.violations.add("held for " + (world.now() - began));
                    }
                    released.merge(line.group(3), 1, Integer::sum);
                }
            };
        }

        @Override
        protected void append(ILoggingEvent event) {
            Matcher line = LINE.matcher(event.getFormattedMessage());
            if (line.matches()) {
                watcher.accept(line);
            }
        }
    }
}
