package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class FactsTest {
    private static final Event ONE = event(false, "i1", "team", Map.of("a", "b"), "{\"state\":\"running\"}");

    private static Event event(boolean last, String sandbox, String owner, Map<String, String> metadata, String data) {
        return new Event("sandbox.updated", "sandbox/i1", last, Life.START, sandbox, owner, metadata, data,
                Reach.CLUSTER);
    }

    static Stream<Event> others() {
        return Stream.of(event(true, "i1", "team", Map.of("a", "b"), ONE.data()),
                event(false, "i2", "team", Map.of("a", "b"), ONE.data()),
                event(false, "i1", "other", Map.of("a", "b"), ONE.data()),
                event(false, "i1", "team", Map.of(), ONE.data()),
                event(false, "i1", "team", Map.of("a", "b"), "{\"state\":\"paused\"}"),
                event(false, "i1", "team", Map.of("a", "b"), "{\"state\":\"running\",\"timeout\":5}"),
                event(false, "i1", "team", Map.of("a", "b"), "no JSON"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void events_thatDifferInWhatLasts_doNotAgree(Event other) {
        assertThat(Facts.agree(ONE, other)).isFalse();
        assertThat(Facts.agree(other, ONE)).isFalse();
    }

    @Test
    void events_thatDifferInWhyAndSinceWhen_agree() {
        Event other = event(false, "i1", "team", Map.of("a", "b"),
                new JsonObject(ONE.data()).put("reason", "x").put("runningSince", "y").put("snapshot", "z").encode());
        assertThat(Facts.agree(ONE, other)).isTrue();
    }
}
