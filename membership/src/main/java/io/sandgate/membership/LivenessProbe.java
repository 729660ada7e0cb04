package io.sandgate.membership;

import java.util.concurrent.CompletionStage;

/// A question to this replica itself: do its own listeners and event loops answer?
@FunctionalInterface
public interface LivenessProbe {

    /// Asks once; the next question comes after the answer. Completes with whether everything answered; a failure or no
    /// answer within 2 s counts as no. Must not block.
    CompletionStage<Boolean> answers();
}
