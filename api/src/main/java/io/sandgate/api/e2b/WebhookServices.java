package io.sandgate.api.e2b;

import io.sandgate.gateway.stream.webhook.Webhooks;
import io.sandgate.gateway.stream.webhook.connect.WebhookAddresses;
import java.time.InstantSource;
import java.util.function.Supplier;

/// What the calls about webhooks work with.
///
/// @param webhooks of all teams
/// @param addresses says whether a URL may be sent to
/// @param ids makes an id for a new webhook, a UUID
/// @param clock time of day
/// @param replica the id of this replica
public record WebhookServices(Webhooks webhooks, WebhookAddresses addresses, Supplier<String> ids, InstantSource clock,
        String replica) {}
