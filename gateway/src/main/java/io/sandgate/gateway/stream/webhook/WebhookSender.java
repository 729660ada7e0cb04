package io.sandgate.gateway.stream.webhook;

import java.util.concurrent.CompletionStage;

/// Makes the requests.
@FunctionalInterface
public interface WebhookSender {

    /// Sends a request, once, and follows no redirect. Never blocks; completes on any thread, within about the attempt's timeout.
    CompletionStage<Outcome> send(Attempt attempt);
}
