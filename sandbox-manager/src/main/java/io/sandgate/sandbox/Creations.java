package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.Transition.Kind;
import io.sandgate.sandbox.WarmPool.Warm;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.SandboxDriver;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes sandboxes: out of those that were started ahead, or afresh.
///
/// @param enter takes the cell of a sandbox that is being made
/// @param abandon ends what there is of one that could not be made; its cell is claimed for the kill
record Creations(Admission admission, SandboxIds ids, SandboxDriver driver, WarmPool pool, Lifecycle lifecycle,
        Moves moves, SandboxMetrics metrics, InstantSource clock, Consumer<Cell> enter,
        BiConsumer<Cell, Transition> abandon) {

    private static final Logger log = LoggerFactory.getLogger(Creations.class);

    /// Makes a sandbox and returns when it is ready.
    Sandbox make(CreateSandbox request) {
        return claimed(request).orElseGet(() -> started(request));
    }

    private Optional<Sandbox> claimed(CreateSandbox request) {
        admission.enter();
        Optional<Warm> warm = pool.take(request);
        if (warm.isEmpty()) {
            admission.leave();
            return Optional.empty();
        }
        try {
            Warm taken = warm.get();
            Sandbox claimed = create(plan(request, taken.id(), taken.uid(), taken.address()), lifecycle::claim);
            metrics.claimed();
            return Optional.of(claimed);
        } catch (SandboxException e) {
            if (e.reason() != Reason.START_FAILED) {
                throw e;
            }
            log.info("sandbox.not-claimed id={} reason={}", warm.get().id(), e.getMessage());
            return Optional.empty();
        }
    }

    private Sandbox started(CreateSandbox request) {
        admission.enter();
        String id = ids.id();
        Sandbox planned;
        try {
            planned = plan(request, id, ids.uid(), driver.allocate(id));
        } catch (DriverException e) {
            admission.leave();
            throw new SandboxException(Reason.EXHAUSTED, String.valueOf(e.getMessage()), e);
        }
        return create(planned, (cell, creation, unfinished) -> lifecycle.create(cell, creation, request.snapshot(),
                unfinished));
    }

    private Sandbox plan(CreateSandbox request, String id, String uid, String address) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Sandbox(id, uid, request.owner(), request.template(), request.metadata(), request.environment(),
                address, SandboxState.CREATING, now, now.plus(request.timeout()), request.timeout(),
                request.onTimeout(), request.network(), request.autoResume(), request.claim(), 0);
    }

    private Sandbox create(Sandbox planned, Way way) {
        Transition creation = new Transition(Kind.CREATE, planned);
        Cell cell = Cell.creating(planned, creation);
        enter.accept(cell);
        Tasks.start(() -> way.go(cell, creation, kill -> abandon.accept(cell, kill)));
        return moves.await(creation);
    }

    /// How a sandbox comes to be.
    @FunctionalInterface
    private interface Way {
        void go(Cell cell, Transition creation, Consumer<Transition> unfinished);
    }
}
