package io.sandgate.gateway.stream.webhook;

import java.net.URI;
import java.time.Instant;
import java.util.Set;

/// Where a team wants to be told of what; immutable. Its URL can hold secrets in each of its parts behind the port.
///
/// @param id of the webhook, a UUID
/// @param team whose sandboxes it is about
/// @param name for people
/// @param url of the receiver, as [WebhookUrl] allows it
/// @param enabled whether events are sent
/// @param disabledReason why it was disabled by itself; empty when it was not
/// @param events what it is told of
/// @param secret that its requests are signed with
/// @param createdAt when it was registered
public record Webhook(String id, String team, String name, URI url, boolean enabled, String disabledReason,
        Set<EventType> events, String secret, Instant createdAt) {

    public Webhook {
        events = Set.copyOf(events);
    }

    /// The same, disabled by itself.
    Webhook disabled(String reason) {
        return new Webhook(id, team, name, url, false, reason, events, secret, createdAt);
    }

    /// Scheme, host and port, which is what may be shown of the URL in a log.
    String place() {
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    /// Without secrets.
    @Override
    public String toString() {
        return id + " of " + team + " to " + place() + (enabled ? "" : " disabled");
    }
}
