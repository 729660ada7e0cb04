package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxManager.Connected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// What callers see, alone and at the same time.
class LocalSandboxesTest {

    private final World world = new World();
    private final Journal journal = world.journal;

    private SandboxManager sandboxes() {
        return world.sandboxes;
    }

    @Test
    void create_givesAnIdThatIsADnsLabelAndALifeOfItsOwn() {
        Sandbox one = world.create();
        Sandbox other = world.create();

        assertThat(one.id()).matches("i[a-z0-9]{20}").isNotEqualTo(other.id());
        assertThat(one.uid()).matches("u[a-z0-9]{20}").isNotEqualTo(other.uid());
        assertThat(one.address()).isNotEqualTo(other.address());
        assertThat(sandboxes().list()).containsExactlyInAnyOrder(one, other);
        assertThat(one.metadata()).containsEntry("a", "b");
        assertThat(one.toString()).contains("KEY").doesNotContain("secret");
    }

    @Test
    void create_atTheLimit_isExhaustedUntilOneIsKilled() {
        World small = new World(World.settings(2));
        Sandbox first = small.create();
        small.create();

        assertReason(small::create, Reason.EXHAUSTED, "raise sandgate.sandbox.max");

        small.sandboxes.kill(first.id());
        assertThat(small.create().state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void create_failed_givesItsPlaceBack() {
        World small = new World(World.settings(1));
        small.journal.failOnce("driver.start", new IllegalStateException("broken"));
        assertReason(small::create, Reason.INTERNAL, "broken");

        assertThat(small.create().state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void create_noTurnWithinTheStartTimeout_isExhausted() {
        Journal.Hold hold = journal.holdOnce("driver.start");
        Caller<Sandbox> slow = Caller.of(() -> sandboxes().create(command()));
        hold.awaitEntered();

        assertReason(() -> sandboxes().create(command()), Reason.EXHAUSTED, "max-concurrent-starts");

        hold.release();
        assertThat(slow.get().state()).isEqualTo(SandboxState.RUNNING);
        assertThat(sandboxes().list()).hasSize(1);
    }

    @Test
    void create_whileStarting_isNotListed() {
        Journal.Hold hold = journal.holdOnce("driver.start");
        Caller<Sandbox> slow = Caller.of(() -> world.create());
        hold.awaitEntered();

        assertThat(sandboxes().list()).isEmpty();

        hold.release();
        Sandbox created = slow.get();
        assertThat(sandboxes().list()).containsExactly(created);
    }

    @Test
    void unknownId_isNotFound() {
        for (ThrowingCallable call : List.<ThrowingCallable>of(() -> sandboxes().pause("x", true),
                () -> sandboxes().connect("x", Duration.ofSeconds(1), true),
                () -> sandboxes().resume("x", Duration.ofSeconds(1)),
                () -> sandboxes().setTimeout("x", Duration.ofSeconds(1)),
                () -> sandboxes().refresh("x", Duration.ofSeconds(1)), () -> sandboxes().kill("x"),
                () -> sandboxes().logs("x"))) {
            assertReason(call, Reason.NOT_FOUND, "x");
        }
        assertThat(sandboxes().find("x")).isEmpty();
    }

    @Test
    void pause_concurrent_allShareOneTransition() {
        Sandbox sandbox = world.create();
        journal.take();
        Journal.Hold hold = journal.holdOnce("driver.pause");
        Caller<Boolean> first = Caller.of(() -> sandboxes().pause(sandbox.id(), true));
        hold.awaitEntered();
        Caller<Boolean> second = Caller.of(() -> sandboxes().pause(sandbox.id(), true)).awaitBlocked();
        Caller<Boolean> third = Caller.of(() -> sandboxes().pause(sandbox.id(), true)).awaitBlocked();
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.PAUSING);

        hold.release();

        assertThat(List.of(first.get(), second.get(), third.get())).containsOnly(true);
        assertThat(journal.take()).containsExactly("driver.pause", "store.update PAUSED", "announce PAUSED");
    }

    @Test
    void pause_whileTheFirstIsBeingAnnounced_joinsIt() {
        Sandbox sandbox = world.create();
        Journal.Hold hold = journal.holdOnce("announce PAUSED");
        Caller<Boolean> first = Caller.of(() -> sandboxes().pause(sandbox.id(), true));
        hold.awaitEntered();

        Caller<Boolean> second = Caller.of(() -> sandboxes().pause(sandbox.id(), true)).awaitBlocked();
        hold.release();

        assertThat(first.get()).isTrue();
        assertThat(second.get()).isTrue();
    }

    @Test
    void pause_ofAPausedOne_isConflict() {
        Sandbox sandbox = world.paused();

        assertReason(() -> sandboxes().pause(sandbox.id(), true), Reason.CONFLICT, "already paused");
    }

    @Test
    void pause_joinedOneFails_allFail() {
        Sandbox sandbox = world.create();
        journal.failOnce("driver.pause", new IllegalStateException("stuck"));
        Journal.Hold hold = journal.holdOnce("driver.pause");
        Caller<Boolean> first = Caller.of(() -> sandboxes().pause(sandbox.id(), true));
        hold.awaitEntered();
        Caller<Boolean> second = Caller.of(() -> sandboxes().pause(sandbox.id(), true)).awaitBlocked();

        hold.release();

        assertReason(first::get, Reason.INTERNAL, "stuck");
        assertReason(second::get, Reason.INTERNAL, "stuck");
    }

    @Test
    void pause_whileResuming_isConflictAndTouchesNothing() {
        Sandbox sandbox = world.paused();
        Journal.Hold hold = journal.holdOnce("driver.resume");
        Caller<Connected> resuming = Caller.of(() -> sandboxes().connect(sandbox.id(), Duration.ofMinutes(1), true));
        hold.awaitEntered();
        journal.take();

        assertReason(() -> sandboxes().pause(sandbox.id(), true), Reason.CONFLICT, "being resumed");
        assertReason(() -> sandboxes().setTimeout(sandbox.id(), Duration.ofMinutes(1)), Reason.CONFLICT,
                "not running");
        assertThat(journal.take()).isEmpty();

        hold.release();
        assertThat(resuming.get().resumed()).isTrue();
    }

    @Test
    void connect_running_extendsAndNeverShortens() {
        Sandbox sandbox = world.create();

        Connected shorter = sandboxes().connect(sandbox.id(), Duration.ofMinutes(1), true);
        assertThat(shorter).isEqualTo(new Connected(sandbox, false));

        Connected longer = sandboxes().connect(sandbox.id(), Duration.ofMinutes(30), true);
        assertThat(longer.resumed()).isFalse();
        assertThat(longer.sandbox().endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(30)));
        assertThat(world.announcer.announced).hasSize(1);
    }

    @Test
    void connect_paused_resumes() {
        Sandbox sandbox = world.paused();

        Connected connected = sandboxes().connect(sandbox.id(), Duration.ofMinutes(2), true);

        assertThat(connected.resumed()).isTrue();
        assertThat(connected.sandbox().state()).isEqualTo(SandboxState.RUNNING);
        assertThat(connected.sandbox().endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(2)));
    }

    @Test
    void connect_pausing_waitsForItAndResumes() {
        Sandbox sandbox = world.create();
        Journal.Hold hold = journal.holdOnce("driver.pause");
        Caller<Boolean> pausing = Caller.of(() -> sandboxes().pause(sandbox.id(), true));
        hold.awaitEntered();
        Caller<Connected> connecting = Caller.of(() -> sandboxes().connect(sandbox.id(), Duration.ofMinutes(1), true))
                .awaitBlocked();

        hold.release();

        assertThat(pausing.get()).isTrue();
        assertThat(connecting.get().resumed()).isTrue();
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void connect_concurrentOnAPausedOne_joinOneResumeAndKeepTheLongest() {
        Sandbox sandbox = world.paused();
        journal.take();
        Journal.Hold hold = journal.holdOnce("driver.resume");
        List<Caller<Connected>> callers = new ArrayList<>();
        callers.add(Caller.of(() -> sandboxes().connect(sandbox.id(), Duration.ofMinutes(1), true)));
        hold.awaitEntered();
        for (int minutes : new int[]{30, 10}) {
            callers.add(Caller.of(() -> sandboxes().connect(sandbox.id(), Duration.ofMinutes(minutes), true))
                    .awaitBlocked());
        }

        hold.release();

        assertThat(callers).allSatisfy(caller -> assertThat(caller.get().resumed()).isTrue());
        assertThat(world.now(sandbox).endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(30)));
        assertThat(journal.take()).containsExactly("driver.resume", "store.update RUNNING", "announce RUNNING");
    }

    @Test
    void connect_joinsTooLateForTheRecord_stillGetsItsDeadline() {
        Sandbox sandbox = world.paused();
        Journal.Hold hold = journal.holdOnce("announce RUNNING");
        Caller<Connected> first = Caller.of(() -> sandboxes().connect(sandbox.id(), Duration.ofMinutes(1), true));
        hold.awaitEntered();
        Caller<Connected> late = Caller.of(() -> sandboxes().connect(sandbox.id(), Duration.ofMinutes(30), true))
                .awaitBlocked();

        hold.release();

        assertThat(first.get().sandbox().endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(1)));
        assertThat(late.get().sandbox().endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(30)));
        assertThat(world.now(sandbox).endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(30)));
    }

    @Test
    void connect_beyondTheLongestTimeout_isInvalid() {
        Sandbox sandbox = world.create();

        assertReason(() -> sandboxes().connect(sandbox.id(), Duration.ofHours(2), true), Reason.INVALID,
                "sandgate.sandbox.max-timeout");
    }

    @Test
    void resume_ofARunningOne_isConflict() {
        Sandbox sandbox = world.create();

        assertReason(() -> sandboxes().resume(sandbox.id(), Duration.ofMinutes(1)), Reason.CONFLICT,
                "already running");
    }

    @Test
    void resume_whilePausing_waitsAndResumes() {
        Sandbox sandbox = world.create();
        Journal.Hold hold = journal.holdOnce("driver.pause");
        Caller<Void> pausing = Caller.of(() -> {
            sandboxes().pause(sandbox.id(), true);
            return null;
        });
        hold.awaitEntered();
        Caller<Sandbox> resuming = Caller.of(() -> sandboxes().resume(sandbox.id(), Duration.ofMinutes(1)))
                .awaitBlocked();

        hold.release();

        pausing.get();
        assertThat(resuming.get().state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void resume_concurrent_allShareOneTransition() {
        Sandbox sandbox = world.paused();
        Journal.Hold hold = journal.holdOnce("driver.resume");
        Caller<Sandbox> first = Caller.of(() -> sandboxes().resume(sandbox.id(), Duration.ofMinutes(1)));
        hold.awaitEntered();
        Caller<Sandbox> second = Caller.of(() -> sandboxes().resume(sandbox.id(), Duration.ofMinutes(1)))
                .awaitBlocked();

        hold.release();

        assertThat(first.get()).isEqualTo(second.get());
    }

    @Test
    void setTimeout_shortensAndExtendsFromNowUpToTheLongest() {
        Sandbox sandbox = world.create();
        world.time.advance(Duration.ofSeconds(10));

        sandboxes().setTimeout(sandbox.id(), Duration.ofSeconds(20));
        assertThat(world.now(sandbox).endAt()).isEqualTo(ManualTime.START.plusSeconds(30));

        sandboxes().setTimeout(sandbox.id(), Duration.ofHours(5));
        assertThat(world.now(sandbox).endAt()).isEqualTo(ManualTime.START.plusSeconds(10).plus(Duration.ofHours(1)));
        assertReason(() -> sandboxes().setTimeout(sandbox.id(), Duration.ofSeconds(-1)), Reason.INVALID, "-1 s");
    }

    @Test
    void setTimeout_zero_endsItNow() {
        Sandbox sandbox = world.create();

        sandboxes().setTimeout(sandbox.id(), Duration.ZERO);
        world.time.advance(Duration.ZERO);

        world.awaitGone(sandbox);
    }

    @Test
    void setTimeout_ofAPausedOne_isConflict() {
        Sandbox sandbox = world.paused();

        assertReason(() -> sandboxes().setTimeout(sandbox.id(), Duration.ofMinutes(1)), Reason.CONFLICT,
                "not running");
    }

    @Test
    void setTimeout_whileAnotherIsWritten_waitsForItsTurn() {
        Sandbox sandbox = world.create();
        Journal.Hold hold = journal.holdOnce("store.update RUNNING");
        Caller<Boolean> first = Caller.of(() -> sandboxes().setTimeout(sandbox.id(), Duration.ofMinutes(10)));
        hold.awaitEntered();
        Caller<Boolean> second = Caller.of(() -> sandboxes().setTimeout(sandbox.id(), Duration.ofMinutes(20)))
                .awaitBlocked();

        hold.release();
        first.get();
        second.get();

        assertThat(world.now(sandbox).endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(20)));
    }

    @Test
    void refresh_onlyExtends() {
        Sandbox sandbox = world.create();

        sandboxes().refresh(sandbox.id(), Duration.ofSeconds(15));
        assertThat(world.now(sandbox)).isEqualTo(sandbox);

        sandboxes().refresh(sandbox.id(), Duration.ofMinutes(6));
        assertThat(world.now(sandbox).endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(6)));
    }

    @Test
    void kill_twiceAtOnce_bothSucceedAndAfterwardsItIsNotFound() {
        Sandbox sandbox = world.create();
        journal.take();
        Journal.Hold hold = journal.holdOnce("driver.kill");
        Caller<Boolean> first = Caller.of(() -> sandboxes().kill(sandbox.id()));
        hold.awaitEntered();
        Caller<Boolean> second = Caller.of(() -> sandboxes().kill(sandbox.id())).awaitBlocked();
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.KILLING);
        assertThat(sandboxes().list()).isEmpty();

        hold.release();

        assertThat(first.get()).isTrue();
        assertThat(second.get()).isTrue();
        assertThat(journal.take()).containsOnlyOnce("driver.kill");
        assertReason(() -> sandboxes().kill(sandbox.id()), Reason.NOT_FOUND, sandbox.id());
    }

    @Test
    void kill_underWay_refusesEverythingElse() {
        Sandbox sandbox = world.create();
        Journal.Hold hold = journal.holdOnce("driver.kill");
        Caller<Boolean> killing = Caller.of(() -> sandboxes().kill(sandbox.id()));
        hold.awaitEntered();

        assertReason(() -> sandboxes().connect(sandbox.id(), Duration.ofMinutes(1), true), Reason.CONFLICT, "killed");
        assertReason(() -> sandboxes().pause(sandbox.id(), true), Reason.CONFLICT, "killed");
        assertReason(() -> sandboxes().resume(sandbox.id(), Duration.ofMinutes(1)), Reason.CONFLICT, "killed");
        assertReason(() -> sandboxes().setTimeout(sandbox.id(), Duration.ofMinutes(1)), Reason.CONFLICT,
                "not running");

        hold.release();
        killing.get();
    }

    @Test
    void kill_winsOverAPause() {
        Sandbox sandbox = world.create();
        Journal.Hold hold = journal.holdOnce("driver.pause");
        Caller<Boolean> pausing = Caller.of(() -> sandboxes().pause(sandbox.id(), true));
        hold.awaitEntered();

        sandboxes().kill(sandbox.id());

        assertReason(pausing::get, Reason.NOT_FOUND, "killed meanwhile");
        journal.take();
        hold.release();
        await().until(() -> journal.take().contains("store.update PAUSED"));
        assertThat(world.gone(sandbox)).isTrue();
        assertThat(world.store.records).isEmpty();
        assertThat(world.announcer.announced).extracting(Sandbox::state).containsExactly(SandboxState.RUNNING);
    }

    @Test
    void kill_underWay_isNotUndoneByThePauseThatItTookOver() {
        Sandbox sandbox = world.create();
        Journal.Hold pauseHold = journal.holdOnce("driver.pause");
        Caller<Boolean> pausing = Caller.of(() -> sandboxes().pause(sandbox.id(), true));
        pauseHold.awaitEntered();
        Journal.Hold killHold = journal.holdOnce("driver.kill");
        Caller<Boolean> killing = Caller.of(() -> sandboxes().kill(sandbox.id()));
        killHold.awaitEntered();
        journal.take();

        pauseHold.release();
        await().until(() -> journal.take().contains("store.update PAUSED"));
        assertReason(pausing::get, Reason.NOT_FOUND, "killed meanwhile");
        await().during(Duration.ofMillis(50)).until(() -> world.now(sandbox).state() == SandboxState.KILLING);
        assertThat(world.record(sandbox).state()).isEqualTo(SandboxState.KILLING);

        killHold.release();
        assertThat(killing.get()).isTrue();
    }

    @Test
    void kill_ofAPausedOne_removesIt() {
        Sandbox sandbox = world.paused();

        sandboxes().kill(sandbox.id());

        assertThat(world.driver.states).isEmpty();
        assertThat(world.gone(sandbox)).isTrue();
    }

    @Test
    void deadline_kills() {
        Sandbox sandbox = world.create(Duration.ofSeconds(10), OnTimeout.KILL);
        Sandbox other = world.create(Duration.ofSeconds(11), OnTimeout.KILL);

        world.time.advance(Duration.ofSeconds(9));
        assertThat(world.gone(sandbox)).isFalse();
        world.time.advance(Duration.ofSeconds(1));

        world.awaitGone(sandbox);
        assertThat(world.gone(other)).isFalse();
        assertThat(world.count("sandgate.sandbox.ended", "cause", "expired")).isEqualTo(1);
    }

    @Test
    void deadline_pausesAndAPausedOneHasNone() {
        Sandbox sandbox = world.create(Duration.ofSeconds(10), OnTimeout.PAUSE);

        world.time.advance(Duration.ofSeconds(10));
        world.awaitState(sandbox, SandboxState.PAUSED);
        await().until(() -> journal.take().contains("announce PAUSED"));
        world.time.advance(Duration.ofHours(10));

        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.PAUSED);
        assertThat(world.now(sandbox).endAt()).isEqualTo(ManualTime.START.plusSeconds(10));
    }

    @Test
    void deadline_ofBeforeAPause_doesNotEndTheResumedOne() {
        Sandbox sandbox = world.create(Duration.ofSeconds(10), OnTimeout.KILL);
        sandboxes().pause(sandbox.id(), true);
        sandboxes().connect(sandbox.id(), Duration.ofMinutes(1), true);

        world.time.advance(Duration.ofSeconds(59));
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.RUNNING);

        world.time.advance(Duration.ofSeconds(1));
        world.awaitGone(sandbox);
    }

    @Test
    void deadline_fallsDueWhileItIsBeingExtended_doesNotEndIt() {
        Sandbox sandbox = world.create(Duration.ofSeconds(10), OnTimeout.KILL);
        Journal.Hold hold = journal.holdOnce("store.update RUNNING");
        Caller<Boolean> extending = Caller.of(() -> sandboxes().setTimeout(sandbox.id(), Duration.ofMinutes(1)));
        hold.awaitEntered();

        world.time.advance(Duration.ofSeconds(10));
        hold.release();
        extending.get();
        Caller.of(() -> sandboxes().setTimeout(sandbox.id(), Duration.ofMinutes(2))).get();

        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void deadline_fallsDueDuringAPauseThatFails_stillActs() {
        Sandbox sandbox = world.create(Duration.ofSeconds(10), OnTimeout.KILL);
        journal.failOnce("driver.pause", new IllegalStateException("stuck"));
        Journal.Hold hold = journal.holdOnce("driver.pause");
        Caller<Boolean> pausing = Caller.of(() -> sandboxes().pause(sandbox.id(), true));
        hold.awaitEntered();

        world.time.advance(Duration.ofSeconds(10));
        hold.release();

        assertReason(pausing::get, Reason.INTERNAL, "stuck");
        world.awaitGone(sandbox);
    }

    @Test
    void exit_endsTheSandboxAndWithdrawsIt() {
        Sandbox sandbox = world.create();

        world.driver.exit(sandbox);

        world.awaitGone(sandbox);
        assertThat(world.announcer.withdrawn).extracting(Sandbox::id).containsExactly(sandbox.id());
        assertThat(world.count("sandgate.sandbox.ended", "cause", "exited")).isEqualTo(1);
    }

    @Test
    void logs_areTheDrivers() {
        Sandbox sandbox = world.create();

        assertThat(sandboxes().logs(sandbox.id())).extracting(SandboxManager.LogLine::text)
                .containsExactly("line of " + sandbox.id());
    }

    @Test
    void closed_refusesNewWork() {
        Sandbox sandbox = world.create();
        sandboxes().close();

        assertReason(world::create, Reason.EXHAUSTED, "stopping");
        assertThat(world.driver.states).containsKey(sandbox.id());
    }

    private static CreateSandbox command() {
        return World.request("run", Duration.ofMinutes(5), OnTimeout.KILL);
    }

    private static void assertReason(ThrowingCallable call, Reason reason, String words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SandboxException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(reason);
            assertThat(failure).hasMessageContaining(words);
        });
    }
}
