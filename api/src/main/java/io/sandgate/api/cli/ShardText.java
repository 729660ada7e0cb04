package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/// What a replica says of one shard, as a person reads it; empty for what there is not, such as the session of a shard that no
/// replica holds.
///
/// @param shard as a replica answers it
record ShardText(JsonNode shard) {

    String text(String field) {
        return shard.path(field).asText("");
    }

    /// How old the session is.
    String session() {
        return age("sessionAgeMs");
    }

    /// The sequence of the last event that came; empty before the first.
    String sequence() {
        return shard.path("sequence").asLong() == 0 ? "" : text("sequence");
    }

    /// How far the sink is behind.
    String lag() {
        return sequence().isEmpty()
                ? ""
                : Long.toString(Math.max(0, shard.path("sequence").asLong() - shard.path("accepted").asLong()));
    }

    /// How long ago a heartbeat was acknowledged; empty when the shard is not connected.
    String acknowledged() {
        return age("ackMs");
    }

    /// How long the last acknowledgement took.
    String latency() {
        double millis = shard.path("latencyMs").asDouble(-1);
        return millis < 0 ? "" : Math.round(millis * 10) / 10.0 + " ms";
    }

    private String age(String field) {
        long millis = shard.path(field).asLong(-1);
        return millis < 0 ? "" : Ages.finely(Duration.ofMillis(millis)) + " ago";
    }
}
