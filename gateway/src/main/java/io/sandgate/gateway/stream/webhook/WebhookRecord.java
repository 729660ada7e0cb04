package io.sandgate.gateway.stream.webhook;

import java.time.Instant;
import java.util.Optional;

/// One state of a registration, or that it is gone; of two the newer one counts on every replica.
///
/// @param id of the webhook
/// @param version raised with each change: one more than the highest that its writer knew
/// @param writer the replica that made the change: decides between two of the same version
/// @param changedAt when
/// @param webhook empty when it was deleted
record WebhookRecord(String id, long version, String writer, Instant changedAt, Optional<Webhook> webhook) {

    boolean isNewerThan(WebhookRecord other) {
        return version != other.version ? version > other.version : writer.compareTo(other.writer) > 0;
    }

    /// What differs between two states of one webhook.
    String stamp() {
        return version + ":" + writer;
    }

    boolean isGone() {
        return webhook.isEmpty();
    }
}
