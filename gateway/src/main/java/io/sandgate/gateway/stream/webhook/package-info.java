/// Webhooks of teams: who is told of which sandbox events, the same on all replicas, and the deliveries of this one.
///
/// Starting points: [io.sandgate.gateway.stream.webhook.Webhooks] wires all, [io.sandgate.gateway.stream.webhook.WebhookBook]
/// holds what is registered, [io.sandgate.gateway.stream.webhook.Deliveries] decides what is sent when.
@NullMarked
package io.sandgate.gateway.stream.webhook;

import org.jspecify.annotations.NullMarked;
