package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What the next life of a replica makes of the records of the one before.
class RestartTest {

    private final World world = new World();

    @Test
    void living_areFoundAsTheyWere() {
        Sandbox running = world.create();
        Sandbox paused = world.paused();

        world.restart();

        assertThat(world.sandboxes.list()).containsExactlyInAnyOrder(running, paused);
        assertThat(world.driver.states).containsEntry(running.id(), "running").containsEntry(paused.id(), "frozen");
    }

    @Test
    void living_keepTheirDeadlines() {
        Sandbox sandbox = world.create(Duration.ofMinutes(2), OnTimeout.KILL);
        world.restart();

        world.time.advance(Duration.ofSeconds(119));
        assertThat(world.gone(sandbox)).isFalse();
        world.time.advance(Duration.ofSeconds(1));

        world.awaitGone(sandbox);
    }

    @Test
    void overdue_fallDueAtOnce() {
        Sandbox sandbox = world.create(Duration.ofMinutes(2), OnTimeout.PAUSE);
        world.sandboxes.close();
        world.time.advance(Duration.ofHours(1));

        world.restart();
        world.time.advance(Duration.ZERO);

        world.awaitState(sandbox, SandboxState.PAUSED);
    }

    @Test
    void died_isRemovedAndWithdrawnWhenAllIsAnnounced() {
        Sandbox sandbox = world.create();
        world.driver.states.remove(sandbox.id());
        world.restart();

        assertThat(world.gone(sandbox)).isTrue();
        assertThat(world.announcer.withdrawn).isEmpty();
        assertThat(world.record(sandbox).state()).isEqualTo(SandboxState.KILLING);

        world.announcer.table.put(sandbox.id(), 50L);
        world.sandboxes.announceAll();
        assertThat(world.announcer.withdrawn).singleElement().satisfies(gone -> {
            assertThat(gone.id()).isEqualTo(sandbox.id());
            assertThat(gone.routeVersion()).isEqualTo(51);
        });
        assertThat(world.store.records).isEmpty();
    }

    @Test
    void died_notYetWithdrawn_isWithdrawnByTheLifeAfterNext() {
        Sandbox sandbox = world.create();
        world.driver.states.remove(sandbox.id());
        world.restart();
        world.restart();

        world.sandboxes.announceAll();

        assertThat(world.announcer.withdrawn).extracting(Sandbox::id).containsExactly(sandbox.id());
    }

    @Test
    void halfCreated_isDropped() {
        Sandbox sandbox = SqliteStoreTest.sandbox("ihalf", SandboxState.CREATING);
        world.store.records.put(sandbox.id(), sandbox);
        world.driver.states.put(sandbox.id(), "running");

        world.restart();

        assertThat(world.store.records).isEmpty();
        assertThat(world.driver.states).isEmpty();
        world.sandboxes.announceAll();
        assertThat(world.announcer.withdrawn).isEmpty();
    }

    @Test
    void halfKilled_isFinishedAndWithdrawn() {
        Sandbox sandbox = SqliteStoreTest.sandbox("ihalf", SandboxState.KILLING);
        world.store.records.put(sandbox.id(), sandbox);
        world.driver.states.put(sandbox.id(), "running");

        world.restart();
        world.sandboxes.announceAll();

        assertThat(world.driver.states).isEmpty();
        assertThat(world.store.records).isEmpty();
        assertThat(world.announcer.withdrawn).extracting(Sandbox::id).containsExactly("ihalf");
    }

    @Test
    void killedBeforeAllIsAnnounced_isWithdrawnOnceMore() {
        Sandbox sandbox = world.create();
        world.restart();
        world.sandboxes.kill(sandbox.id());

        world.announcer.table.put(sandbox.id(), 90L);
        world.sandboxes.announceAll();

        assertThat(world.announcer.withdrawn).last().satisfies(gone -> assertThat(gone.routeVersion()).isEqualTo(91));
    }

    @Test
    void announceAll_givesEachANewVersionOnDiskFirst() {
        for (int i = 0; i < 90; i++) {
            world.create();
        }
        Sandbox paused = world.paused();
        world.restart();
        world.announcer.announced.clear();
        world.journal.take();
        world.announcer.table.put(paused.id(), 1000L);

        world.sandboxes.announceAll();

        assertThat(world.announcer.announced).hasSize(91).allSatisfy(sandbox -> {
            assertThat(sandbox).isEqualTo(world.now(sandbox)).isEqualTo(world.store.records.get(sandbox.id()));
            assertThat(sandbox.routeVersion()).isEqualTo(sandbox.id().equals(paused.id()) ? 1001 : 2);
        });
        assertThat(world.now(paused).state()).isEqualTo(SandboxState.PAUSED);
    }

    @Test
    void close_withStopOnExit_killsAll() {
        SandboxSettings kept = World.settings(10);
        World stopping = new World(new SandboxSettings(kept.templates(), kept.maxSandboxes(), kept.maxSnapshots(),
                kept.maxConcurrentStarts(), kept.defaultTimeout(), kept.maxTimeout(), kept.startTimeout(),
                kept.killTimeout(), kept.announceTimeout(), kept.maxMetadataBytes(), kept.maxEnvironmentBytes(),
                kept.addresses(), kept.addressQuarantine(), kept.logBytes(), kept.usageInterval(), kept.confinement(),
                true));
        stopping.create();
        stopping.paused();

        stopping.sandboxes.close();

        assertThat(stopping.driver.states).isEmpty();
        assertThat(stopping.store.records).isEmpty();
        assertThat(stopping.announcer.withdrawn).hasSize(2);
    }
}
