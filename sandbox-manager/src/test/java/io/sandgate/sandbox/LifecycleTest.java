package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.DriverException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// The steps of each change: their order, and what is undone when one of them fails.
class LifecycleTest {

    private final SandboxException diskFull = new SandboxException(Reason.INTERNAL, "disk full");
    private final DriverException stuck = new DriverException(DriverException.Reason.FAILED, "stuck");

    private final World world = new World();
    private final Journal journal = world.journal;

    @Test
    void create_recordsBeforeItStartsAndBeforeItAnnounces() {
        Sandbox sandbox = world.create();

        assertThat(journal.take()).containsExactly("driver.allocate", "store.insert CREATING", "driver.start",
                "store.update RUNNING", "announce RUNNING");
        assertThat(sandbox).isEqualTo(world.now(sandbox)).isEqualTo(world.store.records.get(sandbox.id()))
                .isEqualTo(world.announcer.announced.getFirst());
        assertThat(sandbox.endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(5)));
        assertThat(sandbox.routeVersion()).isEqualTo(1);
        assertThat(world.driver.states).containsEntry(sandbox.id(), "running");
    }

    @Test
    void create_recordNotWritten_startsNothing() {
        journal.failOnce("store.insert CREATING", diskFull);

        assertReason(world::create, Reason.INTERNAL, "disk full");

        assertThat(journal.take()).containsExactly("driver.allocate", "store.insert CREATING", "driver.kill",
                "store.delete");
        assertNothingLeft();
    }

    @Test
    void create_startFails_removesWhatThereIs() {
        journal.failOnce("driver.start",
                new DriverException(DriverException.Reason.START_FAILED, "port 8000 did not answer"));

        assertReason(world::create, Reason.START_FAILED, "port 8000 did not answer");

        assertThat(journal.take()).endsWith("driver.start", "driver.kill", "store.delete");
        assertNothingLeft();
        assertThat(world.count("sandgate.sandbox.create.failures", "reason", "start-failed")).isEqualTo(1);
    }

    @Test
    void create_startedButNotRecorded_isKilledAndNeverAnnounced() {
        journal.failOnce("store.update RUNNING", diskFull);

        assertReason(world::create, Reason.INTERNAL, "disk full");

        assertThat(journal.take()).endsWith("store.update RUNNING", "driver.kill", "store.delete");
        assertNothingLeft();
        assertThat(world.announcer.announced).isEmpty();
    }

    @Test
    void create_cleanUpFails_isTriedAgain() {
        journal.failOnce("driver.start", stuck);
        journal.failOnce("driver.kill", stuck);

        assertReason(world::create, Reason.INTERNAL, "stuck");
        assertThat(world.sandboxes.list()).isEmpty();
        assertThat(world.driver.states).hasSize(1);

        world.time.advance(Duration.ofSeconds(5));
        await().untilAsserted(this::assertNothingLeft);
    }

    @Test
    void create_announcementFails_stillSucceeds() {
        journal.failOnce("announce RUNNING", new IllegalStateException("no peers"));

        Sandbox sandbox = world.create();

        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.RUNNING);
        assertThat(world.count("sandgate.sandbox.announce.failures", "reason", "error")).isEqualTo(1);
    }

    @Test
    void create_announcementNeverEnds_isWaitedForNoLongerThanTheBound() {
        world.announcer.answer = new CompletableFuture<>();

        Sandbox sandbox = world.create();

        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.RUNNING);
        assertThat(world.count("sandgate.sandbox.announce.failures", "reason", "timeout")).isEqualTo(1);
    }

    @Test
    void pause_recordsBeforeItAnnounces() {
        Sandbox sandbox = world.create();
        journal.take();
        world.time.advance(Duration.ofSeconds(10));

        world.sandboxes.pause(sandbox.id(), true);

        assertThat(journal.take()).containsExactly("driver.pause", "store.update PAUSED", "announce PAUSED");
        Sandbox paused = world.now(sandbox);
        assertThat(paused.endAt()).isEqualTo(ManualTime.START.plusSeconds(10));
        assertThat(paused.routeVersion()).isEqualTo(2);
        assertThat(world.store.records).containsEntry(sandbox.id(), paused);
    }

    @Test
    void pause_driverFails_isThawedAndRuns() {
        Sandbox sandbox = world.create();
        journal.take();
        journal.failOnce("driver.pause", stuck);

        assertReason(() -> world.sandboxes.pause(sandbox.id(), true), Reason.INTERNAL, "stuck");

        assertThat(journal.take()).containsExactly("driver.pause", "driver.resume");
        assertThat(world.now(sandbox)).isEqualTo(sandbox);
        world.sandboxes.pause(sandbox.id(), true);
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.PAUSED);
    }

    @Test
    void pause_notRecorded_isThawedAndRuns() {
        Sandbox sandbox = world.create();
        journal.take();
        journal.failOnce("store.update PAUSED", diskFull);

        assertReason(() -> world.sandboxes.pause(sandbox.id(), true), Reason.INTERNAL, "disk full");

        assertThat(journal.take()).containsExactly("driver.pause", "store.update PAUSED", "driver.resume");
        assertThat(world.now(sandbox)).isEqualTo(sandbox);
        assertThat(world.driver.states).containsEntry(sandbox.id(), "running");
        world.time.advance(Duration.ofMinutes(6));
        world.awaitGone(sandbox);
    }

    @Test
    void resume_recordsBeforeItAnnounces() {
        Sandbox sandbox = world.paused();
        journal.take();

        Sandbox resumed = world.sandboxes.resume(sandbox.id(), Duration.ofMinutes(1));

        assertThat(journal.take()).containsExactly("driver.resume", "store.update RUNNING", "announce RUNNING");
        assertThat(resumed).isEqualTo(world.now(sandbox)).isEqualTo(world.store.records.get(sandbox.id()));
        assertThat(resumed.endAt()).isEqualTo(ManualTime.START.plusSeconds(60));
        assertThat(resumed.routeVersion()).isEqualTo(3);
    }

    @Test
    void resume_driverFails_isFrozenAgain() {
        Sandbox sandbox = world.paused();
        journal.take();
        journal.failOnce("driver.resume", stuck);

        assertReason(() -> world.sandboxes.resume(sandbox.id(), Duration.ofMinutes(1)), Reason.INTERNAL, "stuck");

        assertThat(journal.take()).containsExactly("driver.resume", "driver.pause");
        assertThat(world.now(sandbox)).isEqualTo(sandbox);
    }

    @Test
    void resume_notRecorded_isFrozenAgain() {
        Sandbox sandbox = world.paused();
        journal.take();
        journal.failOnce("store.update RUNNING", diskFull);

        assertReason(() -> world.sandboxes.resume(sandbox.id(), Duration.ofMinutes(1)), Reason.INTERNAL, "disk full");

        assertThat(journal.take()).containsExactly("driver.resume", "store.update RUNNING", "driver.pause");
        assertThat(world.now(sandbox)).isEqualTo(sandbox);
        assertThat(world.driver.states).containsEntry(sandbox.id(), "frozen");
    }

    @Test
    void setTimeout_notRecorded_keepsTheFormerDeadline() {
        Sandbox sandbox = world.create();
        journal.failOnce("store.update RUNNING", diskFull);

        assertReason(() -> world.sandboxes.setTimeout(sandbox.id(), Duration.ofMinutes(30)), Reason.INTERNAL,
                "disk full");

        assertThat(world.now(sandbox)).isEqualTo(sandbox);
        world.time.advance(Duration.ofMinutes(5));
        world.awaitGone(sandbox);
    }

    @Test
    void kill_recordsAndWithdrawsBeforeItKills() {
        Sandbox sandbox = world.create();
        journal.take();

        world.sandboxes.kill(sandbox.id());

        assertThat(journal.take()).containsExactly("store.update KILLING", "withdraw", "driver.kill", "store.delete");
        assertThat(world.announcer.withdrawn).singleElement()
                .satisfies(gone -> assertThat(gone.routeVersion()).isEqualTo(2));
        assertNothingLeft();
    }

    @Test
    void kill_intentNotRecorded_killsAllTheSame() {
        Sandbox sandbox = world.create();
        journal.failOnce("store.update KILLING", diskFull);

        world.sandboxes.kill(sandbox.id());

        assertNothingLeft();
    }

    @Test
    void kill_driverFails_isTriedAgainUntilDone() {
        Sandbox sandbox = world.create();
        journal.failOnce("driver.kill", stuck);

        assertReason(() -> world.sandboxes.kill(sandbox.id()), Reason.INTERNAL, "stuck");
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.KILLING);
        assertThat(world.record(sandbox).state()).isEqualTo(SandboxState.KILLING);

        world.time.advance(Duration.ofSeconds(5));
        world.awaitGone(sandbox);
        assertNothingLeft();
    }

    @Test
    void kill_recordNotRemoved_canBeAskedForAgain() {
        Sandbox sandbox = world.create();
        journal.failOnce("store.delete", diskFull);

        assertReason(() -> world.sandboxes.kill(sandbox.id()), Reason.INTERNAL, "disk full");
        world.sandboxes.kill(sandbox.id());

        assertNothingLeft();
    }

    @Test
    void autoPause_fails_isTriedAgain() {
        Sandbox sandbox = world.create(Duration.ofSeconds(10), OnTimeout.PAUSE);
        journal.failOnce("driver.pause", stuck);

        world.time.advance(Duration.ofSeconds(10));
        int measuring = 1;
        await().until(() -> world.time.waiting() > measuring);
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.RUNNING);

        world.time.advance(Duration.ofSeconds(5));
        world.awaitState(sandbox, SandboxState.PAUSED);
    }

    @Test
    void versions_goAboveWhatTheRouteTableHolds() {
        Sandbox sandbox = world.create();
        world.announcer.table.put(sandbox.id(), 1L << 40);

        world.sandboxes.pause(sandbox.id(), true);

        assertThat(world.now(sandbox).routeVersion()).isEqualTo((1L << 40) + 1);
    }

    private void assertNothingLeft() {
        assertThat(world.store.records).isEmpty();
        assertThat(world.driver.states).isEmpty();
        assertThat(world.sandboxes.list()).isEmpty();
    }

    private static void assertReason(ThrowingCallable call, Reason reason, String words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SandboxException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(reason);
            assertThat(failure).hasMessageContaining(words);
        });
    }
}
