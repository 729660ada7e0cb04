package io.sandgate.api.e2b;

import io.sandgate.sandbox.SandboxState;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The states that exist for clients.
enum ListedState {
    RUNNING, PAUSED;

    /// What clients see of a state; nothing for a sandbox that is not there yet or no more.
    static Optional<ListedState> of(SandboxState state) {
        return switch (state) {
            case RUNNING -> Optional.of(RUNNING);
            case PAUSING, PAUSED, STOPPED, RESUMING -> Optional.of(PAUSED);
            case CREATING, KILLING -> Optional.empty();
        };
    }

    static ListedState parse(String word) {
        return Arrays.stream(values()).filter(state -> state.word().equals(word)).findFirst()
                .orElseThrow(() -> ApiException.invalid("state: " + word + " (expected: running, paused or both)"));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
