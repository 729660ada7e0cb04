package io.sandgate.sandbox;

import io.sandgate.sandbox.driver.Resident;
import io.sandgate.sandbox.driver.SandboxDriver;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an earlier life of the replica left in its records, sorted by what became of it.
///
/// @param living sandboxes that were found again
/// @param departed sandboxes that are gone and whose routes may still be known elsewhere; their records stay, as being
///            killed, until they have been withdrawn
record Returning(List<Sandbox> living, List<Sandbox> departed) {

    private static final Logger log = LoggerFactory.getLogger(Returning.class);
    /// Other states are recorded of a change under way only.
    private static final Set<SandboxState> AT_REST = EnumSet.of(SandboxState.RUNNING, SandboxState.PAUSED,
            SandboxState.STOPPED);

    /// Lets the driver find what lives, and finishes what a crash left half done: a creation is dropped, a kill completed.
    static Returning find(SandboxStore store, SandboxDriver driver, SandboxTokens tokens, Set<String> snapshots) {
        List<Sandbox> records = store.load();
        List<Resident> residents = records.stream()
                .filter(sandbox -> AT_REST.contains(sandbox.state()))
                .map(sandbox -> new Resident(sandbox.id(), sandbox.uid(), sandbox.template(), sandbox.address(),
                        left(sandbox.state()), sandbox.environment(),
                        sandbox.network().egress(), tokens.access(sandbox)))
                .toList();
        Set<String> alive = driver.recover(residents, snapshots);
        List<Sandbox> living = new ArrayList<>();
        List<Sandbox> departed = new ArrayList<>();
        for (Sandbox sandbox : records) {
            if (alive.contains(sandbox.id())) {
                living.add(sandbox);
                log.info("sandbox.found id={} state={} end={}", sandbox.id(), sandbox.state(), sandbox.endAt());
            } else if (sandbox.state() == SandboxState.CREATING) {
                store.delete(sandbox.id());
                log.info("sandbox.creation-dropped id={}", sandbox.id());
            } else {
                if (sandbox.state() != SandboxState.KILLING) {
                    log.warn("sandbox.died id={} template={} detail=\"while the replica was down\"", sandbox.id(),
                            sandbox.template());
                }
                Sandbox gone = sandbox.in(SandboxState.KILLING);
                store.update(gone);
                departed.add(gone);
            }
        }
        return new Returning(living, departed);
    }

    private static Resident.State left(SandboxState state) {
        return switch (state) {
            case PAUSED -> Resident.State.FROZEN;
            case STOPPED -> Resident.State.STOPPED;
            default -> Resident.State.RUNNING;
        };
    }
}
