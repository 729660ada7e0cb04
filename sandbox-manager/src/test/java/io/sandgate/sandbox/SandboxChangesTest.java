package io.sandgate.sandbox;

import io.sandgate.sandbox.Journal.Hold;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.DriverException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Phaser;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// What the observer hears: each change that happened, once, in order, when it is recorded and shown.
class SandboxChangesTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final SandboxException diskFull = new SandboxException(Reason.INTERNAL, "disk full");
    private final DriverException stuck = new DriverException(DriverException.Reason.FAILED, "stuck");
    private final World world = new World();
    private final Journal journal = world.journal;

    @Test
    void life_ofASandbox_isToldInOrder() {
        Sandbox sandbox = world.create(Duration.ofMinutes(5), OnTimeout.KILL);
        String id = sandbox.id();
        world.time.advance(Duration.ofSeconds(1));
        world.sandboxes.setTimeout(id, MINUTE);
        world.sandboxes.pause(id, true);
        world.sandboxes.connect(id, MINUTE, true);
        Snapshot snapshot = world.sandboxes.snapshot(id, Optional.empty());
        world.sandboxes.pause(id, false);
        world.sandboxes.resume(id, MINUTE);
        world.sandboxes.kill(id);

        assertThat(kinds()).containsExactly(Kind.CREATED, Kind.UPDATED, Kind.PAUSED, Kind.RESUMED,
                Kind.SNAPSHOTTED, Kind.PAUSED, Kind.RESUMED, Kind.KILLED);
        assertThat(world.changes).allMatch(change -> change.sandbox().id().equals(id))
                .allMatch(change -> change.cause() == Cause.REQUEST);
        assertThat(world.changes.getFirst().sandbox()).isEqualTo(sandbox);
        assertThat(world.changes.getFirst().at()).isEqualTo(ManualTime.START);
        assertThat(world.changes.get(1).at()).isEqualTo(ManualTime.START.plusSeconds(1));
        assertThat(world.changes.get(4).snapshot()).isEqualTo(snapshot.id());
        assertThat(world.changes.get(5).sandbox().state()).isEqualTo(SandboxState.STOPPED);
        assertThat(world.changes.get(6).sandbox().uid()).isNotEqualTo(sandbox.uid());
    }

    @Test
    void change_isRecordedAndShown_whenItIsTold() {
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        world.alsoTold = change -> {
            Sandbox sandbox = change.sandbox();
            boolean right = change.kind() == Kind.KILLED
                    ? !world.store.records.containsKey(sandbox.id()) && world.gone(sandbox)
                    : world.now(sandbox).equals(sandbox) && world.record(sandbox).equals(sandbox);
            if (!right) {
                wrong.add(change.toString());
            }
        };
        Sandbox sandbox = world.create();
        world.sandboxes.setTimeout(sandbox.id(), MINUTE);
        world.sandboxes.pause(sandbox.id(), true);
        world.sandboxes.connect(sandbox.id(), MINUTE, true);
        world.sandboxes.kill(sandbox.id());

        assertThat(kinds()).hasSize(5);
        assertThat(wrong).isEmpty();
    }

    @Test
    void change_isToldBeforeTheCallerHasItsAnswer_andBeforeItIsAnnounced() {
        Hold announcing = journal.holdOnce("announce RUNNING");
        Thread creator = Thread.ofVirtual().start(world::create);
        announcing.awaitEntered();

        assertThat(kinds()).containsExactly(Kind.CREATED);
        announcing.release();
        await().until(() -> !creator.isAlive());
        assertThat(kinds()).containsExactly(Kind.CREATED);
    }

    @Test
    void deadline_isToldAsTheCause() {
        world.create(MINUTE, OnTimeout.KILL);
        world.time.advance(MINUTE);
        await().until(() -> kinds().contains(Kind.KILLED));
        Sandbox paused = world.create(MINUTE, OnTimeout.PAUSE);
        world.time.advance(MINUTE);
        world.awaitState(paused, SandboxState.PAUSED);
        Sandbox stopped = world.create(MINUTE, OnTimeout.STOP);
        world.time.advance(MINUTE);
        world.awaitState(stopped, SandboxState.STOPPED);

        assertThat(world.changes).filteredOn(change -> change.kind() != Kind.CREATED)
                .extracting(change -> change.kind() + " " + change.cause())
                .containsExactly("KILLED DEADLINE", "PAUSED DEADLINE", "PAUSED DEADLINE");
    }

    @Test
    void exit_isToldAsTheCause() {
        Sandbox sandbox = world.create();
        world.driver.exit(sandbox);
        await().until(() -> kinds().contains(Kind.KILLED));
        assertThat(world.changes.getLast().cause()).isEqualTo(Cause.EXIT);
    }

    @Test
    void creation_thatFails_isNotTold_norItsKill() {
        journal.failOnce("driver.start", stuck);
        journal.failOnce("driver.kill", stuck);
        assertThatThrownBy(world::create).isInstanceOf(SandboxException.class);
        world.time.advance(Duration.ofSeconds(5));
        await().until(world.driver.states::isEmpty);
        await().until(world.store.records::isEmpty);

        world.create();
        assertThat(kinds()).containsExactly(Kind.CREATED);
    }

    @Test
    void change_thatIsUndone_isNotTold() {
        Sandbox sandbox = world.create();
        journal.failOnce("store.update PAUSED", diskFull);
        assertThatThrownBy(() -> world.sandboxes.pause(sandbox.id(), true)).hasMessageContaining("disk full");
        journal.failOnce("store.update RUNNING", diskFull);
        assertThatThrownBy(() -> world.sandboxes.setTimeout(sandbox.id(), MINUTE)).hasMessageContaining("disk full");

        assertThat(kinds()).containsExactly(Kind.CREATED);
    }

    @Test
    void change_toTheSame_isNotTold() {
        Sandbox sandbox = world.create(MINUTE, OnTimeout.KILL);
        world.sandboxes.setTimeout(sandbox.id(), MINUTE);
        world.sandboxes.refresh(sandbox.id(), Duration.ofSeconds(1));
        world.sandboxes.announceAll();

        assertThat(kinds()).containsExactly(Kind.CREATED);
    }

    @Test
    void kill_thatTakesAPauseOver_isToldLast_andThePauseOnlyIfItWasShown() {
        Sandbox early = world.create();
        Hold pausing = journal.holdOnce("driver.pause");
        Thread pauser = Thread.ofVirtual().start(() -> Tasks.quietly(() -> world.sandboxes.pause(early.id(), true)));
        pausing.awaitEntered();
        world.sandboxes.kill(early.id());
        pausing.release();
        await().until(() -> !pauser.isAlive());
        assertThat(kinds()).containsExactly(Kind.CREATED, Kind.KILLED);

        world.changes.clear();
        Sandbox late = world.create();
        Hold announcing = journal.holdOnce("announce PAUSED");
        Thread other = Thread.ofVirtual().start(() -> Tasks.quietly(() -> world.sandboxes.pause(late.id(), true)));
        announcing.awaitEntered();
        world.sandboxes.kill(late.id());
        announcing.release();
        await().until(() -> !other.isAlive());
        assertThat(kinds()).containsExactly(Kind.CREATED, Kind.PAUSED, Kind.KILLED);
    }

    @Test
    void pause_thatIsRecordedAfterAKillHasClaimedTheSandbox_isNotTold() {
        Sandbox sandbox = world.create();
        Hold pausing = journal.holdOnce("driver.pause");
        Thread pauser = Thread.ofVirtual().start(() -> Tasks.quietly(() -> world.sandboxes.pause(sandbox.id(), true)));
        pausing.awaitEntered();
        Hold killing = journal.holdOnce("store.update KILLING");
        Thread killer = Thread.ofVirtual().start(() -> Tasks.quietly(() -> world.sandboxes.kill(sandbox.id())));
        killing.awaitEntered();
        pausing.release();
        await().until(() -> world.record(sandbox).state() == SandboxState.PAUSED);
        killing.release();
        await().until(() -> !pauser.isAlive() && !killer.isAlive());

        assertThat(kinds()).containsExactly(Kind.CREATED, Kind.KILLED);
    }

    @Test
    void kill_thatFailsAtFirst_isToldOnceWithItsFirstCause() {
        Sandbox sandbox = world.create(MINUTE, OnTimeout.KILL);
        journal.failOnce("driver.kill", stuck);
        world.time.advance(MINUTE);
        await().until(() -> world.driver.states.containsKey(sandbox.id())
                && world.count("sandgate.sandbox.retries", "what", "kill") == 1);
        assertThat(kinds()).containsExactly(Kind.CREATED);

        await().until(() -> {
            world.time.advance(Duration.ofSeconds(5));
            return world.gone(sandbox);
        });
        await().until(() -> kinds().contains(Kind.KILLED));
        assertThat(kinds()).containsExactly(Kind.CREATED, Kind.KILLED);
        assertThat(world.changes.getLast().cause()).isEqualTo(Cause.DEADLINE);
    }

    @Test
    void start_thatFails_isToldOnlyIfMemoryIsLostByIt() {
        Sandbox frozen = world.paused();
        journal.failOnce("driver.restart", stuck);
        assertThatThrownBy(() -> world.sandboxes.connect(frozen.id(), MINUTE, false)).hasMessageContaining("stuck");
        assertThat(kinds()).containsExactly(Kind.CREATED, Kind.PAUSED, Kind.UPDATED);
        assertThat(world.changes.getLast().sandbox().state()).isEqualTo(SandboxState.STOPPED);

        journal.failOnce("driver.restart", stuck);
        assertThatThrownBy(() -> world.sandboxes.connect(frozen.id(), MINUTE, true)).hasMessageContaining("stuck");
        assertThat(kinds()).hasSize(3);
    }

    @Test
    void restart_tellsOfThoseThatLive() {
        Sandbox running = world.create();
        Sandbox paused = world.paused();
        Sandbox dead = world.create();
        world.driver.states.remove(dead.id());
        world.changes.clear();

        world.restart();
        world.sandboxes.announceAll();

        assertThat(world.changes).extracting(SandboxChange::kind).containsOnly(Kind.FOUND);
        assertThat(world.changes).extracting(change -> change.sandbox().id())
                .containsExactlyInAnyOrder(running.id(), paused.id());
    }

    @Test
    void observer_thatThrows_disturbsNothing() {
        world.alsoTold = change -> {
            throw new IllegalStateException("a fault of the test's");
        };
        Sandbox sandbox = world.create();
        world.sandboxes.pause(sandbox.id(), true);
        world.sandboxes.kill(sandbox.id());
        assertThat(kinds()).containsExactly(Kind.CREATED, Kind.PAUSED, Kind.KILLED);
    }

    @Test
    void manyCallers_ofOneSandbox_areToldAsOneLife() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 20; round++) {
            world.changes.clear();
            Sandbox sandbox = world.create();
            Phaser callers = new Phaser(1);
            for (int i = 0; i < 12; i++) {
                int what = i == 11 ? 4 : random.nextInt(4);
                callers.register();
                Thread.ofVirtual().start(() -> {
                    Tasks.quietly(() -> act(sandbox.id(), what));
                    callers.arrive();
                });
            }
            callers.arriveAndAwaitAdvance();
            await().until(() -> kinds().contains(Kind.KILLED));
            assertIsOneLife();
        }
    }

    private void act(String id, int what) {
        switch (what) {
            case 0 -> world.sandboxes.pause(id, true);
            case 1 -> world.sandboxes.pause(id, false);
            case 2 -> world.sandboxes.connect(id, MINUTE, true);
            case 3 -> world.sandboxes.setTimeout(id, MINUTE);
            default -> world.sandboxes.kill(id);
        }
    }

    /// It runs and is paused in turn, from its beginning to its end.
    private void assertIsOneLife() {
        assertThat(kinds()).startsWith(Kind.CREATED).endsWith(Kind.KILLED);
        boolean runs = true;
        for (Kind kind : kinds().subList(1, kinds().size() - 1)) {
            assertThat(kind).isIn(Kind.PAUSED, Kind.RESUMED, Kind.UPDATED);
            assertThat(runs).isEqualTo(kind != Kind.RESUMED);
            runs = kind != Kind.PAUSED;
        }
    }

    private List<Kind> kinds() {
        return world.changes.stream().map(SandboxChange::kind).toList();
    }
}
