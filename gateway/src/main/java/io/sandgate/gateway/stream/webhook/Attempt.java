package io.sandgate.gateway.stream.webhook;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/// One request to a receiver.
///
/// @param webhook whose receiver it is
/// @param deliveryId the same for all attempts to deliver one event to one webhook, also after a restart
/// @param number of the attempt, from 1: a later one may try another address of the same name
/// @param body to sign and send; must not be changed
/// @param timeout until when there must be an answer
public record Attempt(Webhook webhook, String deliveryId, int number, Buffer body, Duration timeout) {

    /// Proof of where the body comes from.
    public String signature() {
        return WebhookSignature.of(webhook.secret(), body.getBytes());
    }

    @Override
    public String toString() {
        return deliveryId + " attempt " + number + " to " + webhook;
    }
}
