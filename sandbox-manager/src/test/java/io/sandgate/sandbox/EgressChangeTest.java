package io.sandgate.sandbox;

import io.sandgate.sandbox.Journal.Hold;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.Egress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Changes of what a sandbox reaches: their order, and what is undone when a step fails.
class EgressChangeTest {

    private static final Egress FEW = new Egress(true, List.of("8.8.8.8"), List.of("0.0.0.0/0"));

    private final World world = new World();
    private Sandbox sandbox;

    @BeforeEach
    void create() {
        world.driver.closesNetworks = true;
        sandbox = world.create();
        world.journal.take();
    }

    @Test
    void change_actsAndIsRecorded() {
        world.sandboxes.setEgress(sandbox.id(), FEW);

        assertThat(world.journal.take()).containsExactly("driver.setEgress", "store.update RUNNING");
        assertThat(world.now(sandbox).network().egress()).isEqualTo(FEW);
        assertThat(world.record(sandbox)).isEqualTo(world.now(sandbox));
        assertThat(world.driver.egresses).containsEntry(sandbox.id(), FEW);
        assertThat(world.changes).extracting(SandboxChange::kind).containsExactly(Kind.CREATED, Kind.UPDATED);
        assertThat(world.changes.getLast().sandbox()).isEqualTo(world.now(sandbox));
    }

    @Test
    void driverThatFails_leavesItAsItWas() {
        world.journal.failOnce("driver.setEgress", new DriverException(DriverException.Reason.FAILED, "no nft"));

        assertFails(Reason.INTERNAL, "no nft");

        assertUnchanged();
    }

    @Test
    void recordThatFails_leavesItAsItWas() {
        world.journal.failOnce("store.update RUNNING", new SandboxException(Reason.INTERNAL, "disk full"));

        assertFails(Reason.INTERNAL, "disk full");

        assertUnchanged();
    }

    @Test
    void sandboxThatIsPaused_isNotChanged() {
        world.sandboxes.pause(sandbox.id(), true);

        assertFails(Reason.CONFLICT, "is not running");
        assertThat(world.driver.egresses).containsEntry(sandbox.id(), Egress.OPEN);
    }

    @Test
    void sandboxThatIsKilledMeanwhile_staysKilled() {
        Hold hold = world.journal.holdOnce("driver.setEgress");
        Caller<Boolean> change = Caller.of(() -> world.sandboxes.setEgress(sandbox.id(), FEW));
        hold.awaitEntered();
        world.sandboxes.kill(sandbox.id());
        hold.release();

        assertThatThrownBy(change::get).hasMessageContaining("killed meanwhile");
        assertThat(world.gone(sandbox)).isTrue();
        assertThat(world.store.records).isEmpty();
    }

    @Test
    void change_outlivesPauseAndRestart() {
        world.sandboxes.setEgress(sandbox.id(), FEW);
        world.sandboxes.pause(sandbox.id(), true);
        world.driver.egresses.clear();

        world.restart();
        world.sandboxes.resume(sandbox.id(), Duration.ofMinutes(1));

        assertThat(world.now(sandbox).network().egress()).isEqualTo(FEW);
        assertThat(world.driver.egresses).containsEntry(sandbox.id(), FEW);
    }

    @Test
    void sharedNetwork_cannotBeClosed() {
        world.driver.closesNetworks = false;

        assertFails(Reason.INVALID, "allowOut, denyOut (expected: none");
        assertThatThrownBy(() -> world.sandboxes.create(new CreateSandbox("base", "team-a", Duration.ofMinutes(1),
                OnTimeout.KILL, Map.of(), Map.of(), new SandboxNetwork("", false, true, FEW), false)))
                .hasMessageContaining("allowOut, denyOut (expected: none");
        assertThatThrownBy(() -> world.sandboxes.setEgress(sandbox.id(), new Egress(false, List.of(), List.of())))
                .hasMessageContaining("allow_internet_access: false (expected: true");
        world.sandboxes.setEgress(sandbox.id(), Egress.OPEN);
    }

    private void assertUnchanged() {
        assertThat(world.driver.egresses).containsEntry(sandbox.id(), Egress.OPEN);
        assertThat(world.now(sandbox)).isEqualTo(sandbox).isEqualTo(world.record(sandbox));
        world.sandboxes.setEgress(sandbox.id(), FEW);
    }

    private void assertFails(Reason reason, String words) {
        assertThatThrownBy(() -> world.sandboxes.setEgress(sandbox.id(), FEW))
                .isInstanceOfSatisfying(SandboxException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason))
                .hasMessageContaining(words);
    }
}
