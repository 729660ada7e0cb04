package io.sandgate.api.stream.source;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.stream.source.LifecycleHistory.Happened;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LifecycleHistoryTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LifecycleHistory history = new LifecycleHistory(100, meters);

    @Test
    void events_comeByTime_whateverOrderTheyWereHeardIn() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            entries.add(entry("r" + i % 3, i, i / 4, "team", "sandbox.updated"));
        }
        List<Entry> shuffled = new ArrayList<>(entries);
        Collections.shuffle(shuffled, new Random(3));
        LifecycleHistory other = new LifecycleHistory(100, new SimpleMeterRegistry());
        entries.forEach(history::add);
        shuffled.forEach(other::add);

        List<Happened> oldestFirst = history.find("team", event -> true, true, 0, 100);
        assertThat(oldestFirst).hasSize(50).isSortedAccordingTo((a, b) -> a.event().at().compareTo(b.event().at()));
        assertThat(other.find("team", event -> true, true, 0, 100)).isEqualTo(oldestFirst);
        assertThat(history.find("team", event -> true, false, 0, 100)).isEqualTo(oldestFirst.reversed());
        assertThat(history.find("team", event -> true, false, 7, 5)).isEqualTo(oldestFirst.reversed().subList(7, 12));
        assertThat(history.find("team", event -> true, false, 60, 5)).isEmpty();
    }

    @Test
    void events_ofOneMomentAndReplica_keepTheirOrder() {
        for (long seq : new long[]{11, 9, 10, 2}) {
            history.add(entry("r1", seq, 1, "team", "sandbox.updated"));
        }
        assertThat(history.find("team", event -> true, true, 0, 100))
                .extracting(happened -> happened.origin().cursor().seq()).containsExactly(2L, 9L, 10L, 11L);
    }

    @Test
    void event_heardTwice_isThereOnce() {
        assertThat(history.add(entry("r1", 1, 1, "team", "sandbox.created"))).isTrue();
        assertThat(history.add(entry("r1", 1, 1, "team", "sandbox.created"))).isFalse();
        assertThat(history.add(entry("r2", 1, 1, "team", "sandbox.created"))).isTrue();
        assertThat(history.find("team", event -> true, true, 0, 100)).hasSize(2);
    }

    @Test
    void events_ofOthers_areNotFound() {
        history.add(entry("r1", 1, 1, "team", "sandbox.created"));
        history.add(entry("r1", 2, 2, "other", "sandbox.created"));
        history.add(entry("r1", 3, 3, "team", "route.changed"));
        history.add(entry("r1", 4, 4, "", "sandbox.created"));
        assertThat(history.find("team", event -> true, true, 0, 100)).hasSize(1);
        assertThat(history.find("nobody", event -> true, true, 0, 100)).isEmpty();
        assertThat(history.find("", event -> true, true, 0, 100)).isEmpty();
        assertThat(kept()).isEqualTo(2);
    }

    @Test
    void history_thatIsFull_losesTheOldest() {
        for (int i = 0; i < 250; i++) {
            history.add(entry("r1", i, i, "team", "sandbox.updated"));
        }
        assertThat(kept()).isEqualTo(100);
        assertThat(history.find("team", event -> true, true, 0, 200)).hasSize(100)
                .first().satisfies(first -> assertThat(first.origin().cursor().seq()).isEqualTo(150));
        assertThat(meters.get("sandgate.events.history.dropped").counter().count()).isEqualTo(150);
    }

    @Test
    void team_withManyEvents_doesNotPushOutThoseOfOthers() {
        for (int i = 0; i < 10; i++) {
            history.add(entry("r1", i, i, "quiet", "sandbox.updated"));
        }
        for (int i = 10; i < 1000; i++) {
            history.add(entry("r1", i, i, "loud", "sandbox.updated"));
        }
        assertThat(history.find("quiet", event -> true, true, 0, 100)).hasSize(10);
        assertThat(history.find("loud", event -> true, true, 0, 100)).hasSize(90);
    }

    @Test
    void team_withFewerEventsThanItsShare_pushesOutTheOldestOfAll() {
        fill("loud", 0, 100);
        fill("quiet", 100, 10);
        assertThat(history.find("quiet", event -> true, true, 0, 100)).hasSize(10);
        assertThat(history.find("loud", event -> true, true, 0, 100)).hasSize(90);
    }

    @Test
    void share_ofTeamsThatHaveNoEventsAnyMore_isForTheOthers() {
        fill("gone", 0, 1);
        fill("loud", 1, 67);
        fill("quiet", 100, 33);
        assertThat(history.find("gone", event -> true, true, 0, 100)).isEmpty();
        fill("quiet", 200, 1);
        assertThat(history.find("quiet", event -> true, true, 0, 100)).hasSize(34);
        assertThat(history.find("loud", event -> true, true, 0, 100)).hasSize(66);
    }

    @Test
    void largeEvents_leaveRoomForFewer() {
        Map<String, String> large = Map.of("a", "x".repeat(40_000));
        for (int i = 0; i < 100; i++) {
            history.add(entry("r1", i, i, "team", "sandbox.updated", large));
        }
        assertThat(kept()).isBetween(5.0, 11.0);
    }

    private void fill(String team, int from, int count) {
        for (int i = from; i < from + count; i++) {
            history.add(entry("r1", i, i, team, "sandbox.updated"));
        }
    }

    private double kept() {
        return meters.get("sandgate.events.history").gauge().value();
    }

    static Entry entry(String replica, long seq, long second, String owner, String kind) {
        return entry(replica, seq, second, owner, kind, Map.of());
    }

    private static Entry entry(String replica, long seq, long second, String owner, String kind,
            Map<String, String> metadata) {
        Event event = new Event(kind, "sandbox/i1", false, Life.START.plusSeconds(second), "i1", owner, metadata, "{}",
                Reach.CLUSTER);
        return new Entry(seq, event, new Origin(replica, new Cursor("e", seq)), Buffer.buffer());
    }
}
