package io.sandgate.gateway.stream.webhook;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// The other replicas, as far as webhooks are concerned.
public interface WebhookPeers {

    /// The ids of those that can be asked now.
    List<String> members();

    /// Asks one of them, once; what it answers is what its [Webhooks#exchange] does. Fails when there is no answer in time.
    CompletionStage<JsonObject> exchange(String member, JsonObject body, Duration timeout);
}
