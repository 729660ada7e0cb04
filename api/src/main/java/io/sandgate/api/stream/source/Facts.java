package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Event;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Set;

/// What an event says of its subject, apart from why and since when.
final class Facts {
    static final String REASON = "reason";
    static final String SINCE = "runningSince";
    static final String SNAPSHOT = "snapshot";
    private static final Set<String> PASSING = Set.of(REASON, SINCE, SNAPSHOT);

    private Facts() {}

    /// The data of an event; empty where it cannot be read.
    static JsonObject of(Event event) {
        try {
            return new JsonObject(event.data());
        } catch (DecodeException e) {
            return new JsonObject();
        }
    }

    /// Whether two events of one subject say the same of its state.
    static boolean agree(Event one, Event other) {
        return one.last() == other.last() && one.owner().equals(other.owner()) && one.sandbox().equals(other.sandbox())
                && one.metadata().equals(other.metadata()) && lasting(one).equals(lasting(other));
    }

    private static JsonObject lasting(Event event) {
        JsonObject data = of(event);
        PASSING.forEach(data::remove);
        return data;
    }
}
