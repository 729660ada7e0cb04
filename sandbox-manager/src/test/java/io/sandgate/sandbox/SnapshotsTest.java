package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxManager.Fork;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.tenant.Claim;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Copies of disks: when they are made, what is made from them, and what stays of them.
class SnapshotsTest {

    private static final Optional<String> NONE = Optional.empty();

    private final World world = new World();
    private final Journal journal = world.journal;
    private final DriverException full = new DriverException(DriverException.Reason.FAILED, "no space");

    @Test
    void snapshot_ofARunningOne_isMadeWhileItStandsStill() {
        Sandbox sandbox = world.create();
        journal.take();

        Snapshot snapshot = sandboxes().snapshot(sandbox.id(), Optional.of("mine:latest"));

        assertThat(journal.take()).containsExactly("driver.pause", "driver.copy", "driver.resume",
                "store.insert snapshot");
        assertThat(world.driver.copies).containsEntry(snapshot.id(), "frozen");
        assertThat(world.driver.states).containsEntry(sandbox.id(), "running");
        assertThat(world.now(sandbox)).isEqualTo(sandbox);
        assertThat(snapshot).isEqualTo(new Snapshot(snapshot.id(), "team-a", Optional.of("mine:latest"),
                sandbox.id(), "base", ManualTime.START, 4096));
        assertThat(snapshot.id()).matches("s[a-z0-9]{20}");
        assertThat(sandboxes().snapshots()).containsExactly(snapshot);
        assertThat(world.store.snapshots).containsEntry(snapshot.id(), snapshot);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void snapshot_ofAPausedOne_leavesItPaused(boolean memory) {
        Sandbox sandbox = world.create();
        sandboxes().pause(sandbox.id(), memory);
        Sandbox paused = world.now(sandbox);
        journal.take();

        sandboxes().snapshot(sandbox.id(), NONE);

        assertThat(journal.take()).containsExactly("driver.copy", "store.insert snapshot");
        assertThat(world.now(sandbox)).isEqualTo(paused);
    }

    @Test
    void snapshot_copyFails_leavesNothingAndTheSandboxRuns() {
        Sandbox sandbox = world.create();
        journal.take();
        journal.failOnce("driver.copy", full);

        assertReason(() -> sandboxes().snapshot(sandbox.id(), NONE), Reason.INTERNAL, "no space");

        assertThat(journal.take()).containsExactly("driver.pause", "driver.copy", "driver.delete-copy",
                "driver.resume");
        assertThat(world.now(sandbox)).isEqualTo(sandbox);
        assertThat(sandboxes().snapshots()).isEmpty();
    }

    @Test
    void snapshot_recordFails_deletesTheCopy() {
        Sandbox sandbox = world.create();
        journal.failOnce("store.insert snapshot", new SandboxException(Reason.INTERNAL, "disk full"));

        assertReason(() -> sandboxes().snapshot(sandbox.id(), NONE), Reason.INTERNAL, "disk full");

        assertThat(world.driver.copies).isEmpty();
        assertThat(sandboxes().snapshots()).isEmpty();
    }

    @Test
    void snapshot_whileKilled_isNotFoundAndLeavesNoCopy() {
        Sandbox sandbox = world.create();
        Journal.Hold hold = journal.holdOnce("driver.copy");
        Caller<Snapshot> copying = Caller.of(() -> sandboxes().snapshot(sandbox.id(), NONE));
        hold.awaitEntered();

        sandboxes().kill(sandbox.id());
        hold.release();

        assertThatThrownBy(copying::get).hasRootCauseMessage("sandbox " + sandbox.id() + " was killed meanwhile");
        assertThat(sandboxes().snapshots()).isEmpty();
        await().until(world.driver.copies::isEmpty);
        assertThat(world.gone(sandbox)).isTrue();
    }

    @Test
    void snapshot_othersWaitForIt() {
        Sandbox sandbox = world.create();
        Journal.Hold hold = journal.holdOnce("driver.copy");
        Caller<Snapshot> copying = Caller.of(() -> sandboxes().snapshot(sandbox.id(), NONE));
        hold.awaitEntered();
        Caller<Boolean> pausing = Caller.of(() -> sandboxes().pause(sandbox.id(), true)).awaitBlocked();
        Caller<Snapshot> another = Caller.of(() -> sandboxes().snapshot(sandbox.id(), NONE)).awaitBlocked();

        hold.release();

        assertThat(copying.get().sandbox()).isEqualTo(sandbox.id());
        assertThat(pausing.get()).isTrue();
        assertThat(another.get().sandbox()).isEqualTo(sandbox.id());
        assertThat(world.now(sandbox).state()).isEqualTo(SandboxState.PAUSED);
    }

    @Test
    void snapshot_tooMany_isExhausted() {
        Sandbox sandbox = world.create();
        sandboxes().snapshot(sandbox.id(), NONE);
        sandboxes().snapshot(sandbox.id(), NONE);

        assertReason(() -> sandboxes().snapshot(sandbox.id(), NONE), Reason.EXHAUSTED,
                "sandgate.sandbox.max-snapshots");

        sandboxes().deleteSnapshot(sandboxes().snapshots().getFirst().id());
        sandboxes().snapshot(sandbox.id(), NONE);
    }

    @Test
    void snapshot_nameThatCannotBe_isInvalid() {
        Sandbox sandbox = world.create();

        assertReason(() -> sandboxes().snapshot(sandbox.id(), Optional.of("a b")), Reason.INVALID, "name: a b");
        assertReason(() -> sandboxes().snapshot("nobody", NONE), Reason.NOT_FOUND, "nobody");
    }

    @Test
    void snapshot_nameOfAnother_isTakenFromItsOwnersOthersOnly() {
        Sandbox sandbox = world.create();
        Snapshot first = sandboxes().snapshot(sandbox.id(), Optional.of("x"));

        Snapshot second = sandboxes().snapshot(sandbox.id(), Optional.of("x"));

        assertThat(sandboxes().snapshots()).containsExactlyInAnyOrder(first.unnamed(), second);
    }

    @Test
    void create_fromASnapshot_startsWithItsDisk() {
        Snapshot snapshot = sandboxes().snapshot(world.create().id(), NONE);

        Sandbox made = sandboxes().create(World.request("web", Duration.ofMinutes(1), OnTimeout.KILL).from(snapshot));

        assertThat(made.template()).isEqualTo("base");
        assertThat(Objects.requireNonNull(world.driver.launched).snapshot()).contains(snapshot.id());
    }

    @Test
    void create_fromWhatIsNotThereOrAnOthers_isNotFoundAlike() {
        Snapshot own = sandboxes().snapshot(world.create().id(), NONE);
        CreateSandbox wish = World.request("base", Duration.ofMinutes(1), OnTimeout.KILL);
        Snapshot foreign = new Snapshot(own.id(), "team-b", NONE, "i", "base", ManualTime.START, 1);
        CreateSandbox asOther = new CreateSandbox("base", "team-b", wish.timeout(), wish.onTimeout(), wish.metadata(),
                wish.environment(), wish.network(), false);

        assertReason(() -> sandboxes().create(asOther.from(foreign)), Reason.NOT_FOUND,
                "snapshot " + own.id() + " does not exist on this replica");
        sandboxes().deleteSnapshot(own.id());
        assertReason(() -> sandboxes().create(wish.from(own)), Reason.NOT_FOUND,
                "snapshot " + own.id() + " does not exist on this replica");
    }

    @Test
    void delete_removesTheRecordBeforeTheCopy() {
        Snapshot snapshot = sandboxes().snapshot(world.create().id(), NONE);
        journal.take();

        sandboxes().deleteSnapshot(snapshot.id());

        assertThat(journal.take()).containsExactly("store.delete snapshot", "driver.delete-copy");
        assertThat(sandboxes().snapshots()).isEmpty();
        assertReason(() -> sandboxes().deleteSnapshot(snapshot.id()), Reason.NOT_FOUND, snapshot.id());
    }

    @Test
    void restart_keepsSnapshotsAndRemovesCopiesWithoutOne() {
        Snapshot snapshot = sandboxes().snapshot(world.create().id(), Optional.of("x"));
        world.driver.copies.put("sleft", "running");

        world.restart();

        assertThat(sandboxes().snapshots()).containsExactly(snapshot);
        assertThat(world.driver.copies).containsOnlyKeys(snapshot.id());
    }

    @Test
    void fork_makesSandboxesLikeIt() {
        Sandbox source = world.create(Duration.ofMinutes(2), OnTimeout.PAUSE);

        try (Fork fork = sandboxes().fork(source.id(), Duration.ofMinutes(7))) {
            Sandbox one = fork.another(Claim.NONE);
            Sandbox other = fork.another(new Claim("key", "claim", 1, 1));

            assertThat(one.id()).isNotEqualTo(other.id());
            assertThat(other.claim().key()).isEqualTo("key");
            assertThat(one.owner()).isEqualTo(source.owner());
            assertThat(one.metadata()).isEqualTo(source.metadata());
            assertThat(one.environment()).isEqualTo(source.environment());
            assertThat(one.onTimeout()).isEqualTo(OnTimeout.PAUSE);
            assertThat(one.endAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(7)));
            assertThat(Objects.requireNonNull(world.driver.launched).snapshot()).isPresent();
            assertThat(sandboxes().snapshots()).isEmpty();
        }
        assertThat(world.driver.copies).isEmpty();
        assertReason(() -> sandboxes().fork(source.id(), Duration.ofDays(9)), Reason.INVALID, "timeout");
    }

    @Test
    void fork_copyFails_leavesNone() {
        Sandbox source = world.create();
        journal.take();
        journal.failOnce("driver.copy", full);

        assertReason(() -> sandboxes().fork(source.id(), Duration.ofMinutes(7)), Reason.INTERNAL, "no space");

        assertThat(journal.take()).contains("driver.delete-copy");
    }

    @Test
    void fork_thatNobodyWaitsForAnyLonger_leavesNoCopy() {
        Sandbox source = world.create();
        Journal.Hold hold = journal.holdOnce("driver.copy");
        Caller<Fork> forking = Caller.of(() -> sandboxes().fork(source.id(), Duration.ofMinutes(7)));
        hold.awaitEntered();

        assertReason(forking.interrupted()::get, Reason.INTERNAL, "interrupted");
        hold.release();

        await().until(() -> journal.take().contains("driver.delete-copy"));
        assertThat(world.driver.copies).isEmpty();
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
