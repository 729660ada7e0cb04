package io.sandgate.sandbox;

import io.sandgate.sandbox.Cell.Move;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.Transition.Kind;
import io.sandgate.sandbox.driver.SandboxDriver;
import java.time.Duration;
import java.util.function.Function;

/// Asks cells for moves and carries them out: what was claimed runs on a virtual thread of its own, and all who wait for it
/// wait here.
///
/// @param settings how long that may take
record Moves(SandboxSettings settings) {

    private static final int MAX_ROUNDS = 1000;
    private static final Duration SLACK = Duration.ofSeconds(60);

    /// How a claimed transition is carried out.
    @FunctionalInterface
    interface Action {
        void run(Cell cell, Transition transition);
    }

    /// Asks until the sandbox is as it was asked for.
    Sandbox perform(Cell cell, Function<Cell, Move> ask, Action action) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            switch (ask.apply(cell)) {
                case Move.Nothing(Sandbox sandbox) -> {
                    return sandbox;
                }
                case Move.Joined(Transition transition) -> {
                    return await(transition);
                }
                case Move.Claimed(Transition transition) -> {
                    Tasks.start(() -> action.run(cell, transition));
                    return await(transition);
                }
                case Move.Wait(Transition transition) -> Tasks.quietly(() -> await(transition));
            }
        }
        throw new SandboxException(Reason.CONFLICT, "sandbox " + cell.sandbox().id()
                + " is being changed by too many callers at once: try again");
    }

    /// Waits for the outcome of a transition.
    Sandbox await(Transition transition) {
        return transition.await(longest(transition.kind()));
    }

    /// Longer than all that a transition waits for.
    Duration longest(Kind kind) {
        Duration longest = switch (kind) {
            // its disk may be a copy
            case CREATE -> settings.startTimeout().multipliedBy(2).plus(SandboxDriver.LONGEST_COPY);
            case START -> settings.startTimeout().multipliedBy(2);
            case COPY -> settings.killTimeout().multipliedBy(2).plus(SandboxDriver.LONGEST_COPY);
            case PAUSE, STOP, RESUME, EDIT, KILL -> settings.killTimeout();
        };
        return longest.plus(settings.announceTimeout()).plus(SLACK);
    }
}
