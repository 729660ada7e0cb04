package io.sandgate.gateway.stream.event;

import java.time.Instant;
import java.util.Map;

/// Something that happened; immutable.
///
/// Fields that mean nothing for a kind are empty, never null.
///
/// @param kind what happened: an area and a word parted by a dot, for example `sandbox.created`
/// @param subject what it happened to, for example `sandbox/i7k…`: the newest event of a subject is its state; empty for what
///     has none
/// @param last whether the subject is gone with it
/// @param at when
/// @param sandbox the id of the sandbox that it is about, or empty
/// @param owner the team whose thing it is about; empty for what only operators see
/// @param metadata of the sandbox
/// @param data the rest, as the text of a JSON object
/// @param reach who is told
public record Event(String kind, String subject, boolean last, Instant at, String sandbox, String owner,
        Map<String, String> metadata, String data, Reach reach) {

    /// Who is told of an event.
    public enum Reach {
        /// All replicas, by the one where it happened.
        CLUSTER,
        /// Only those who listen to this replica: every replica sees for itself what happened.
        REPLICA
    }

    public Event {
        metadata = Map.copyOf(metadata);
    }

    /// The part of the kind before the dot.
    public String area() {
        int dot = kind.indexOf('.');
        return dot < 0 ? kind : kind.substring(0, dot);
    }
}
