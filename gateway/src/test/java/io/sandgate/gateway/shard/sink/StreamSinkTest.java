package io.sandgate.gateway.shard.sink;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class StreamSinkTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final int MAX_DATA = 40;

    private final Offered offered = new Offered();
    private final List<Event> stored = Collections.synchronizedList(new ArrayList<>());
    private final List<CompletableFuture<Cursor>> pending = Collections.synchronizedList(new ArrayList<>());
    /// The log loses what it is given.
    private volatile boolean loses;
    /// The log takes its time.
    private volatile boolean waits;
    private final EventSink sink = StreamSink.open(
            new StreamSettings(10, 10_000, MAX_DATA, Duration.ofSeconds(20), Offered.QUICK), this::append, () -> NOW,
            Offered.THREADS, new Random(1));

    @AfterEach
    void close() {
        sink.close();
        assertThat(sink.status().waiting()).isZero();
    }

    @Test
    void event_isInTheStream_andDoneThen() {
        sink.offer(Offered.event(Offered.SHARD, 5, "{\"name\"\n:\"ö\"}"), offered.delivery(Offered.SHARD, 5));

        assertThat(offered.awaitDone(1)).containsExactly("3/16 5 true");
        Event event = stored.getFirst();
        assertThat(event.kind()).isEqualTo("shard.event");
        assertThat(event.subject() + event.sandbox() + event.owner()).isEmpty();
        assertThat(event.last()).isFalse();
        assertThat(event.at()).isEqualTo(NOW);
        assertThat(event.reach()).isEqualTo(Reach.CLUSTER);
        assertThat(new JsonObject(event.data())).isEqualTo(new JsonObject("""
                {"shard":[3,16],"session":"ab\\"c","seq":5,"type":"GUILD_CREATE","d":{"name":"ö"}}"""));
        assertThat(sink.status()).isEqualTo(new SinkStatus("events", 0, ""));
    }

    @Test
    void events_many_areAppendedAndDoneInOrder() {
        offered.offer(sink, 1, 500);

        assertThat(offered.awaitDone(500)).isEqualTo(Offered.accepted(1, 500));
        assertThat(sequences()).hasSize(500).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void event_thatIsNotStoredYet_isNotDone() {
        waits = true;
        offered.offer(sink, 1, 1);
        await().until(() -> pending.size() == 1);
        offered.offer(sink, 2, 2);
        assertThat(offered.done()).isEmpty();
        assertThat(sink.status().waiting()).isEqualTo(2);

        waits = false;
        pending.getFirst().complete(new Cursor("e", 1));
        assertThat(offered.awaitDone(2)).isEqualTo(Offered.accepted(1, 2));
    }

    @Test
    void event_thatTheLogLoses_isAppendedAgain_inOrder() {
        loses = true;
        offered.offer(sink, 1, 3);
        await().until(() -> !sink.status().failing().isEmpty());
        assertThat(sink.status().failing()).contains("no room");
        offered.offer(sink, 4, 30);
        assertThat(offered.done()).isEmpty();

        loses = false;
        assertThat(offered.awaitDone(30)).isEqualTo(Offered.accepted(1, 30));
        assertThat(sequences()).hasSize(30).isSorted().doesNotHaveDuplicates();
        assertThat(sink.status()).isEqualTo(new SinkStatus("events", 0, ""));
    }

    @Test
    void event_notCurrent_isNeitherAppendedNorAccepted() {
        loses = true;
        offered.offer(sink, 1, 1);
        await().until(() -> !sink.status().failing().isEmpty());
        offered.lose(Offered.SHARD);
        assertThat(offered.awaitDone(1)).containsExactly("3/16 1 false");
        loses = false;
        offered.offer(sink, 2, 2);
        assertThat(offered.awaitDone(2)).endsWith("3/16 2 false");
        assertThat(stored).isEmpty();
    }

    @Test
    void event_tooLarge_isThereWithoutItsData() {
        String large = "{\"text\":\"" + "x".repeat(MAX_DATA) + "\"}";
        sink.offer(Offered.event(Offered.SHARD, 1, large), offered.delivery(Offered.SHARD, 1));
        offered.offer(sink, 2, 2);

        assertThat(offered.awaitDone(2)).isEqualTo(Offered.accepted(1, 2));
        JsonObject data = new JsonObject(stored.getFirst().data());
        assertThat(data.containsKey("d")).isTrue();
        assertThat(data.getValue("d")).isNull();
        assertThat(data.getInteger("omitted")).isEqualTo(large.length());
        assertThat(data.getInteger("seq")).isEqualTo(1);
    }

    @Test
    void close_whileTheLogDoesNotAnswer_letsGoOfAll() {
        waits = true;
        offered.offer(sink, 1, 2);
        await().until(() -> !pending.isEmpty());
        sink.close();
        assertThat(offered.done()).containsExactly("3/16 1 false", "3/16 2 false");
    }

    private CompletionStage<Cursor> append(Event event) {
        if (loses) {
            return CompletableFuture.failedStage(new IllegalStateException("no room"));
        }
        stored.add(event);
        CompletableFuture<Cursor> place = new CompletableFuture<>();
        if (waits) {
            pending.add(place);
        } else {
            place.complete(new Cursor("e", stored.size()));
        }
        return place;
    }

    private List<Integer> sequences() {
        return stored.stream().map(event -> new JsonObject(event.data()).getInteger("seq")).toList();
    }
}
