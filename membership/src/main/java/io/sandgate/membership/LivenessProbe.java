package io.sandgate.membership;

import java.util.concurrent.CompletionStage;

/// A question to this replica's own peer listener: does it answer?
@FunctionalInterface
public interface LivenessProbe {

    /// Asks once. Completes with whether the listener answered; a failure or no answer in time counts as no. Must not
    /// block.
    CompletionStage<Boolean> answers();
}
