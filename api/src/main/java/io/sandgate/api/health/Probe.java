package io.sandgate.api.health;

import java.util.concurrent.CompletionStage;

/// One question that a replica asks itself.
public interface Probe {

    /// What is asked: a word that is a tag of the metrics.
    String name();

    /// Asks. Fails with an exception whose message says what is wrong; who asks gives up by himself when it takes too long.
    /// Must not block.
    CompletionStage<Void> ask();
}
