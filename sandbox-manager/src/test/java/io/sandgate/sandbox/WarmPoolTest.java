package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Sandboxes that are started ahead: who gets them, and what becomes of those that end.
class WarmPoolTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final World world = new World(World.settings(100, warm("idle", List.of()), warm("busy", List.of("run"))));
    private final Journal journal = world.journal;

    private static Template warm(String name, List<String> command) {
        return new Template(name, command, 0, Map.of(), Map.of(), Limits.NONE, 1, 512, 1024, 3);
    }

    @BeforeEach
    void fill() {
        assertThat(world.driver.states).isEmpty();
        world.sandboxes.announceAll();
        awaitWarm(6);
        journal.take();
    }

    @Test
    void create_takesOneAndAnotherIsStarted() {
        Sandbox sandbox = world.sandboxes.create(World.request("idle", MINUTE, OnTimeout.KILL));

        List<String> steps = journal.take().stream().filter(step -> !step.equals("driver.prepare")
                && !step.equals("driver.allocate")).toList();
        assertThat(steps).containsExactlyInAnyOrder("driver.claim", "store.insert RUNNING", "announce RUNNING")
                .endsWith("announce RUNNING");
        assertThat(Objects.requireNonNull(world.driver.launched).environment()).containsEntry("KEY", "secret");
        assertThat(world.now(sandbox)).isEqualTo(sandbox).isEqualTo(world.record(sandbox));
        assertThat(sandbox.endAt()).isEqualTo(ManualTime.START.plus(MINUTE));
        assertThat(world.driver.states).containsEntry(sandbox.id(), "running");
        awaitWarm(6);
    }

    @Test
    void create_moreThanThereAre_startsTheRest() {
        for (int i = 0; i < 20; i++) {
            Sandbox sandbox = world.sandboxes.create(World.request("idle", MINUTE, OnTimeout.KILL));
            assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.RUNNING);
        }

        assertThat(world.sandboxes.list()).hasSize(20);
        awaitWarm(6);
    }

    @Test
    void create_withVariablesForACommandThatRunsAlready_startsAFreshOne() {
        world.sandboxes.create(World.request("busy", MINUTE, OnTimeout.KILL));
        assertThat(journal.take()).contains("driver.start").doesNotContain("driver.claim");

        CreateSandbox wish = World.request("busy", MINUTE, OnTimeout.KILL);
        world.sandboxes.create(new CreateSandbox("busy", wish.owner(), MINUTE, OnTimeout.KILL, Map.of(), Map.of(),
                SandboxNetwork.PLAIN, false));
        assertThat(journal.take()).contains("driver.claim").doesNotContain("driver.start");
    }

    @Test
    void create_ofAnotherTemplate_isStarted() {
        world.create();

        assertThat(journal.take()).contains("driver.start").doesNotContain("driver.claim");
    }

    @Test
    void warmOnes_areNoSandboxesYet() {
        assertThat(world.sandboxes.list()).isEmpty();
        assertThat(world.store.records).isEmpty();
        assertThat(world.meters.get("sandgate.sandbox.warm").tag("template", "idle").gauge().value()).isEqualTo(3);
    }

    @Test
    void warmOne_thatEnds_isRemovedAndReplacedAfterAWhile() {
        String ended = world.driver.states.keySet().iterator().next();

        world.driver.exit(ended, "u");

        await().until(() -> !world.driver.states.containsKey(ended));
        await().until(() -> world.time.waiting() > 0);
        assertThat(warm()).isEqualTo(5);
        world.time.advance(Duration.ofSeconds(5));
        awaitWarm(6);
    }

    @Test
    void warmOne_thatIsGoneWhenItIsTaken_isMadeUpForByAFreshOne() {
        world.driver.states.clear();

        Sandbox sandbox = world.sandboxes.create(World.request("idle", MINUTE, OnTimeout.KILL));

        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.RUNNING);
        assertThat(world.sandboxes.list()).containsExactly(sandbox);
    }

    @Test
    void start_fails_isTriedAgainAfterAWhile() {
        journal.failOnce("driver.prepare", new DriverException(DriverException.Reason.START_FAILED, "no"));
        world.sandboxes.create(World.request("idle", MINUTE, OnTimeout.KILL));
        await().until(() -> world.time.waiting() > 0);

        world.time.advance(Duration.ofSeconds(5));

        awaitWarm(6);
    }

    @Test
    void claim_notRecorded_isKilledAndTold() {
        journal.failOnce("store.insert RUNNING",
                new SandboxException(SandboxException.Reason.INTERNAL, "disk full"));

        assertThat(Stream.of(1).map(one -> {
            try {
                return world.sandboxes.create(World.request("idle", MINUTE, OnTimeout.KILL)).id();
            } catch (SandboxException e) {
                return String.valueOf(e.getMessage());
            }
        })).allMatch(answer -> answer.contains("disk full"));

        await().until(() -> world.driver.states.values().stream().noneMatch("running"::equals));
        assertThat(world.sandboxes.list()).isEmpty();
    }

    @Test
    void close_endsThemAll() {
        Sandbox kept = world.sandboxes.create(World.request("idle", MINUTE, OnTimeout.KILL));
        awaitWarm(6);

        world.sandboxes.close();

        assertThat(world.driver.states).containsOnlyKeys(kept.id());
    }

    @Test
    void close_waitsForThoseThatAreBeingStarted() {
        Journal.Hold hold = journal.holdOnce("driver.prepare");
        Sandbox kept = world.sandboxes.create(World.request("idle", MINUTE, OnTimeout.KILL));
        hold.awaitEntered();

        Caller<Boolean> closing = Caller.of(world.sandboxes::close).awaitBlocked();
        hold.release();

        assertThat(closing.get()).isTrue();
        assertThat(world.driver.states).containsOnlyKeys(kept.id());
    }

    private long warm() {
        return world.driver.states.values().stream().filter("warm"::equals).count();
    }

    private void awaitWarm(long count) {
        await().until(() -> warm() == count && world.driver.states.values().stream().noneMatch("preparing"::equals)
                && world.meters.get("sandgate.sandbox.warm").gauges().stream()
                        .mapToDouble(gauge -> gauge.value()).sum() == count);
    }
}
