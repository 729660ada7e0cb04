package io.sandgate.gateway.stream.webhook;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What of a sandbox's life a webhook may be told of, in the words of E2B.
public enum EventType {
    /// It was made.
    CREATED("sandbox.created", "sandbox.lifecycle.created"),
    /// Its deadline or its network changed.
    UPDATED("sandbox.updated", "sandbox.lifecycle.updated"),
    /// It was paused.
    PAUSED("sandbox.paused", "sandbox.lifecycle.paused"),
    /// It runs again.
    RESUMED("sandbox.resumed", "sandbox.lifecycle.resumed"),
    /// A snapshot was taken of it.
    CHECKPOINTED("sandbox.snapshotted", "sandbox.lifecycle.checkpointed"),
    /// It is gone.
    KILLED("sandbox.killed", "sandbox.lifecycle.killed");

    private final String kind;
    private final String word;

    EventType(String kind, String word) {
        this.kind = kind;
        this.word = word;
    }

    /// The type of an event of the log; empty when no webhook is told of its kind.
    public static Optional<EventType> ofKind(String kind) {
        return Arrays.stream(values()).filter(type -> type.kind.equals(kind)).findFirst();
    }

    /// The type with E2B's word for it.
    public static Optional<EventType> ofWord(String word) {
        return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
    }

    /// All words.
    public static List<String> words() {
        return Arrays.stream(values()).map(EventType::word).toList();
    }

    /// E2B's word for it.
    public String word() {
        return word;
    }
}
