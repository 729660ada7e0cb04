package io.sandgate.gateway.stream.webhook;

import java.time.Duration;

/// What became of a request.
public sealed interface Outcome {

    /// The receiver has it: it answered with 2xx.
    record Delivered() implements Outcome {}

    /// It may go better next time.
    ///
    /// @param reason what happened, without secrets
    /// @param notBefore how long the receiver wants to be left alone; zero when it does not say
    record Failed(String reason, Duration notBefore) implements Outcome {}

    /// It would be refused each time.
    ///
    /// @param reason what happened, without secrets
    record Refused(String reason) implements Outcome {}
}
