package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.DriverException;
import java.time.Duration;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Pauses without the memory, and starts from the disk that they leave.
class StoppedTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final World world = new World();
    private final Journal journal = world.journal;
    private final DriverException stuck = new DriverException(DriverException.Reason.FAILED, "stuck");

    @Test
    void stop_recordsBeforeItEndsTheProcesses() {
        Sandbox sandbox = world.create();
        journal.take();

        sandboxes().pause(sandbox.id(), false);

        assertThat(journal.take()).containsExactly("store.update STOPPED", "driver.stop", "announce STOPPED");
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertReason(() -> sandboxes().pause(sandbox.id(), true), Reason.CONFLICT, "already paused");
        world.time.advance(Duration.ofHours(3));
        assertThat(world.gone(sandbox)).isFalse();
    }

    @Test
    void stop_notRecorded_changesNothing() {
        Sandbox sandbox = world.create();
        journal.take();
        journal.failOnce("store.update STOPPED", new SandboxException(Reason.INTERNAL, "disk full"));

        assertReason(() -> sandboxes().pause(sandbox.id(), false), Reason.INTERNAL, "disk full");

        assertThat(journal.take()).containsExactly("store.update STOPPED");
        assertThat(world.now(sandbox)).isEqualTo(sandbox);
        assertThat(world.driver.states).containsEntry(sandbox.id(), "running");
    }

    @Test
    void stop_driverFails_isToldAndStoppedAllTheSame() {
        Sandbox sandbox = world.create();
        journal.failOnce("driver.stop", stuck);

        assertReason(() -> sandboxes().pause(sandbox.id(), false), Reason.INTERNAL, "stuck");

        await().until(() -> world.announcer.announced.getLast().state() == SandboxState.STOPPED);
        world.awaitState(sandbox, SandboxState.STOPPED);
        assertThat(world.record(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(sandboxes().connect(sandbox.id(), MINUTE, true).resumed()).isTrue();
    }

    @Test
    void connect_ofAStoppedOne_startsItAnewInANewLife() {
        Sandbox sandbox = stopped();
        journal.take();

        SandboxManager.Connected connected = sandboxes().connect(sandbox.id(), MINUTE, true);

        assertThat(journal.take()).containsExactly("store.update STOPPED", "driver.restart", "store.update RUNNING",
                "announce RUNNING");
        assertThat(connected.resumed()).isTrue();
        assertThat(connected.sandbox().uid()).isNotEqualTo(sandbox.uid());
        assertThat(connected.sandbox().address()).isEqualTo(sandbox.address());
        assertThat(world.record(sandbox)).isEqualTo(connected.sandbox()).isEqualTo(world.now(sandbox));
        assertThat(connected.sandbox().endAt()).isEqualTo(ManualTime.START.plus(MINUTE));
    }

    @Test
    void connect_withoutMemoryOfAFrozenOne_startsItAnew() {
        Sandbox sandbox = world.paused();
        journal.take();

        sandboxes().connect(sandbox.id(), MINUTE, false);

        assertThat(journal.take()).containsExactly("store.update STOPPED", "driver.restart", "store.update RUNNING",
                "announce RUNNING");
    }

    @Test
    void connect_withoutMemoryWhileItIsResumed_isConflict() {
        Sandbox sandbox = world.paused();
        Journal.Hold hold = journal.holdOnce("driver.resume");
        Caller<Sandbox> resuming = Caller.of(() -> sandboxes().resume(sandbox.id(), MINUTE));
        hold.awaitEntered();

        assertReason(() -> sandboxes().connect(sandbox.id(), MINUTE, false), Reason.CONFLICT, "being resumed");

        hold.release();
        assertThat(resuming.get().state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void start_fails_staysStopped() {
        Sandbox sandbox = stopped();
        journal.take();
        journal.failOnce("driver.restart", stuck);

        assertReason(() -> sandboxes().resume(sandbox.id(), MINUTE), Reason.INTERNAL, "stuck");

        world.awaitState(sandbox, SandboxState.STOPPED);
        assertThat(world.record(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(world.driver.states).containsEntry(sandbox.id(), "stopped");
        assertThat(sandboxes().resume(sandbox.id(), MINUTE).state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void start_ofAFrozenOneNotRecorded_changesNothing() {
        Sandbox sandbox = world.paused();
        journal.take();
        journal.failOnce("store.update STOPPED", new SandboxException(Reason.INTERNAL, "disk full"));

        assertReason(() -> sandboxes().connect(sandbox.id(), MINUTE, false), Reason.INTERNAL, "disk full");

        assertThat(journal.take()).containsExactly("store.update STOPPED");
        assertThat(world.driver.states).containsEntry(sandbox.id(), "frozen");
        assertThat(world.now(sandbox)).isEqualTo(sandbox).isEqualTo(world.record(sandbox));
    }

    /// The record that failed may come to be written all the same.
    @Test
    void start_notRecorded_isRecordedAsStoppedBeforeItsProcessesEnd() {
        Sandbox sandbox = stopped();
        journal.take();
        journal.failOnce("store.update RUNNING", new SandboxException(Reason.INTERNAL, "disk full"));

        assertReason(() -> sandboxes().resume(sandbox.id(), MINUTE), Reason.INTERNAL, "disk full");

        assertThat(journal.take()).containsExactly("store.update STOPPED", "driver.restart", "store.update RUNNING",
                "store.update STOPPED", "driver.stop", "announce STOPPED");
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.STOPPED);
    }

    @Test
    void start_ofWhichNothingCanBeRecorded_leavesTheProcessesThatTheRecordMayStandFor() {
        Sandbox sandbox = stopped();
        Journal.Hold hold = journal.holdOnce("driver.restart");
        Caller<Sandbox> starting = Caller.of(() -> sandboxes().resume(sandbox.id(), MINUTE));
        hold.awaitEntered();
        SandboxException full = new SandboxException(Reason.INTERNAL, "disk full");
        journal.failOnce("store.update RUNNING", full);
        journal.failOnce("store.update STOPPED", full);
        hold.release();

        assertReason(starting::get, Reason.INTERNAL, "disk full");

        assertThat(world.driver.states).containsEntry(sandbox.id(), "running");
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        sandboxes().kill(sandbox.id());
        assertThat(world.driver.states).isEmpty();
    }

    @Test
    void kill_whileAFailedStartIsUndone_waits() {
        Sandbox sandbox = stopped();
        journal.failOnce("driver.restart", stuck);
        Journal.Hold hold = journal.holdOnce("driver.stop");
        Caller<Sandbox> starting = Caller.of(() -> sandboxes().resume(sandbox.id(), MINUTE));
        hold.awaitEntered();

        Caller<Boolean> killing = Caller.of(() -> sandboxes().kill(sandbox.id())).awaitBlocked();
        hold.release();

        assertReason(starting::get, Reason.INTERNAL, "stuck");
        assertThat(killing.get()).isTrue();
        assertThat(world.store.records).isEmpty();
    }

    @Test
    void exit_beforeItsStartIsRecorded_endsIt() {
        Sandbox sandbox = stopped();
        Journal.Hold hold = journal.holdOnce("store.update RUNNING");
        Caller<Sandbox> starting = Caller.of(() -> sandboxes().resume(sandbox.id(), MINUTE));
        hold.awaitEntered();

        world.driver.exit(sandbox.id(), Objects.requireNonNull(world.driver.launched).uid());
        hold.release();

        assertThat(starting.get().uid()).isNotEqualTo(sandbox.uid());
        world.awaitGone(sandbox);
    }

    @Test
    void kill_whileItStarts_waitsAndLeavesNothing() {
        Sandbox sandbox = stopped();
        Journal.Hold hold = journal.holdOnce("driver.restart");
        Caller<Sandbox> starting = Caller.of(() -> sandboxes().resume(sandbox.id(), MINUTE));
        hold.awaitEntered();

        Caller<Boolean> killing = Caller.of(() -> sandboxes().kill(sandbox.id())).awaitBlocked();
        hold.release();

        assertThat(starting.get().state()).isEqualTo(SandboxState.RUNNING);
        assertThat(killing.get()).isTrue();
        assertThat(world.driver.states).isEmpty();
        assertThat(world.store.records).isEmpty();
    }

    @Test
    void deadline_stops() {
        Sandbox sandbox = world.create(Duration.ofSeconds(10), OnTimeout.STOP);

        world.time.advance(Duration.ofSeconds(10));

        world.awaitState(sandbox, SandboxState.STOPPED);
        assertThat(world.driver.states).containsEntry(sandbox.id(), "stopped");
    }

    @Test
    void kill_ofAStoppedOne_removesIt() {
        Sandbox sandbox = stopped();

        sandboxes().kill(sandbox.id());

        assertThat(world.driver.states).isEmpty();
        assertThat(world.store.records).isEmpty();
    }

    @Test
    void restart_findsAStoppedOne() {
        Sandbox sandbox = stopped();
        Sandbox before = world.now(sandbox);

        world.restart();

        assertThat(world.now(sandbox)).isEqualTo(before);
        assertThat(world.driver.states).containsEntry(sandbox.id(), "stopped");
    }

    private Sandbox stopped() {
        Sandbox sandbox = world.create();
        sandboxes().pause(sandbox.id(), false);
        return world.now(sandbox);
    }

    private SandboxManager sandboxes() {
        return world.sandboxes;
    }

    private static void assertReason(ThrowingCallable call, Reason reason, String words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SandboxException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(reason);
            assertThat(failure).hasMessageContaining(words);
        });
    }
}
