package io.sandgate.gateway.stream.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How one replica's deliveries to a webhook go.
///
/// @param delivered events that the receiver has, since this replica started, and so for all counts
/// @param givenUp events that were not delivered within their budget
/// @param refused events that the receiver refused for good
/// @param skipped entries of the log that were gone before they were looked at
/// @param failures in a row
/// @param failingSince when the first of them was; null when the last request went well
/// @param lastError what happened last; empty when the last request went well
public record DeliveryView(long delivered, long givenUp, long refused, long skipped, int failures,
        @Nullable Instant failingSince, String lastError) {
    /// Nothing happened yet.
    public static final DeliveryView NONE = new DeliveryView(0, 0, 0, 0, 0, null, "");
}
