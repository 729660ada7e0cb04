package io.sandgate.gateway.stream.log;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.gateway.stream.event.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class EventLogTest {
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private EventLog log = memory(EventLogSettings.DEFAULT);

    private EventLog memory(EventLogSettings settings) {
        return EventLog.inMemory("r1", settings, new Random(7), new AtomicLong()::incrementAndGet, meters);
    }

    private void use(EventLogSettings settings) {
        log.close();
        meters.clear();
        log = memory(settings);
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void append_first_isNumberOneAndCanBeRead() {
        Cursor place = Events.stored(log.append(Events.event("{\"a\":1}")));

        assertThat(place).isEqualTo(new Cursor(log.extent().epoch(), 1));
        assertThat(Events.all(log, place.at(0))).singleElement().satisfies(entry -> {
            assertThat(entry.seq()).isEqualTo(1);
            assertThat(entry.origin()).isEqualTo(new Origin("r1", place));
            assertThat(entry.event()).isEqualTo(Events.event("{\"a\":1}"));
        });
    }

    @Test
    void json_ofAnEntry_isInTheFormThatClientsKnow() {
        Cursor place = Events
                .stored(log.appendFrom(new Origin("r2", new Cursor("other", 9)), Events.of("1", 3, false)));
        Cursor bare = Events.stored(log.append(Events.event("{\"a\":\n[1,\r\n2]}")));

        List<Entry> entries = Events.all(log, place.at(0));
        assertThat(entries.getFirst().json().toString()).isEqualTo("{\"type\":\"event\",\"cursor\":\"" + place
                + "\",\"kind\":\"sandbox.updated\",\"at\":\"2026-05-01T10:00:03.123456789Z\",\"origin\":{\"replica\":\"r2\","
                + "\"cursor\":\"other:9\"},\"sandbox\":\"i1\",\"owner\":\"team\",\"metadata\":{\"version\":\"3\"},"
                + "\"data\":{\"version\":3}}");
        assertThat(entries.getLast().json().toString()).isEqualTo("{\"type\":\"event\",\"cursor\":\"" + bare
                + "\",\"kind\":\"shard.event\",\"at\":\"2026-05-01T10:00:00.123456789Z\",\"origin\":{\"replica\":\"r1\","
                + "\"cursor\":\"" + bare + "\"},\"data\":{\"a\": [1,  2]}}");
    }

    @Test
    void append_ofWhatCannotBeEncoded_isRefusedAndKeepsTheEpoch() {
        String epoch = log.extent().epoch();

        for (String data : List.of("[]", "{", "{} {}", "{\"a\":}", "null", "{\"a\":1", "x".repeat(300_000))) {
            assertRefused(log.append(Events.event(data)));
        }
        assertRefused(log.append(Events.of("half \ud83d", 1, false)));

        assertThat(log.extent()).isEqualTo(new Extent(epoch, 1, 0));
        assertThat(meters.get("sandgate.events.refused").counter().count()).isEqualTo(8);
        assertThat(Events.stored(log.append(Events.event("")))).isEqualTo(new Cursor(epoch, 1));
    }

    private static void assertRefused(CompletionStage<Cursor> stage) {
        assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
        assertThatThrownBy(() -> Events.stored(stage)).cause().isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void read_ofEachWrongPlace_saysWhy() {
        Cursor tip = Events.stored(log.append(Events.event("{}")));

        assertThat(log.read(tip, 10, 1_000)).isEqualTo(new Read.AtTip());
        assertThat(log.read(tip.at(2), 10, 1_000)).isEqualTo(new Read.Lost(Loss.AHEAD));
        assertThat(log.read(tip.at(Long.MAX_VALUE), 10, 1_000)).isEqualTo(new Read.Lost(Loss.AHEAD));
        assertThat(log.read(new Cursor("other", 0), 10, 1_000)).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));
        assertThat(log.readStored(new Cursor("other", 0), 10, 1_000)).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));
    }

    @Test
    void read_belowTheFloor_isTooOldAndNeverSkips() {
        use(Events.SMALL);
        Cursor tip = Events.stored(log.append(Events.event("{}")));
        for (int i = 0; i < 1_000; i++) {
            tip = Events.stored(log.append(Events.event("{\"filling\":\"" + "x".repeat(500) + "\"}")));
        }

        long floor = log.extent().floor();
        assertThat(floor).isGreaterThan(2);
        assertThat(log.read(tip.at(floor - 2), 10, 1_000)).isEqualTo(new Read.Lost(Loss.TOO_OLD));
        assertThat(log.readStored(tip.at(0), 10, 1_000)).isEqualTo(new Read.Lost(Loss.TOO_OLD));
        assertThat(Events.all(log, log.extent().start())).extracting(Entry::seq).startsWith(floor).endsWith(tip.seq())
                .hasSize((int) (tip.seq() - floor + 1));
        assertThat(meters.get("sandgate.events.memory.bytes").gauge().value()).isLessThanOrEqualTo(64 << 10);
    }

    @Test
    void read_withBudgets_keepsToThemButForOneEntry() {
        List<CompletionStage<Cursor>> stages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            stages.add(log.append(Events.event("{\"filling\":\"" + "x".repeat(100) + "\"}")));
        }
        stages.forEach(Events::stored);

        assertThat(entries(log.read(log.extent().start(), 7, 100_000))).hasSize(7);
        assertThat(entries(log.read(log.extent().start(), 7, 1))).hasSize(1);
        int one = entries(log.read(log.extent().start(), 1, 1)).getFirst().json().length();
        assertThat(entries(log.read(log.extent().start(), 50, 3 * one + 1))).hasSize(3);
    }

    private static List<Entry> entries(Read read) {
        assertThat(read).isInstanceOf(Read.Entries.class);
        return ((Read.Entries) read).entries();
    }

    @Test
    void state_afterChanges_isTheNewestOfEachSubjectThatIsNotGone() {
        Events.stored(log.append(Events.of("a", 1, false)));
        Events.stored(log.append(Events.of("b", 1, false)));
        Events.stored(log.append(Events.of("c", 1, false)));
        Events.stored(log.append(Events.of("a", 2, false)));
        Cursor tip = Events.stored(log.append(Events.of("b", 2, true)));
        Cursor after = Events.stored(log.append(Events.event("{}")));

        assertThat(log.state().cursor()).isEqualTo(after).isNotEqualTo(tip);
        assertThat(log.state().entries()).extracting(Entry::seq).containsExactly(3L, 4L);
    }

    @Test
    void state_overItsBound_leavesOutWhatChangedLongestAgo() {
        use(new EventLogSettings(1 << 20, 1 << 20, 1 << 18, 100, 2, 1_000));

        Events.stored(log.append(Events.of("a", 1, false)));
        Events.stored(log.append(Events.of("b", 1, false)));
        Events.stored(log.append(Events.of("a", 2, false)));
        Events.stored(log.append(Events.of("c", 1, false)));

        assertThat(log.state().entries()).extracting(entry -> entry.event().subject()).containsExactly("a", "c");
        assertThat(meters.get("sandgate.events.subjects.dropped").counter().count()).isEqualTo(1);
    }

    @Test
    void heard_ofOtherReplicas_neverGoesBackWithinAnEpoch() {
        Cursor five = new Cursor("e2", 5);
        Events.stored(log.appendFrom(new Origin("r2", five), Events.event("{}")));
        log.noteHeard(new Origin("r2", five.at(4)));
        assertThat(log.heard()).containsOnlyKeys("r2").containsEntry("r2", five);

        log.noteHeard(new Origin("r2", five.at(8)));
        log.noteHeard(new Origin("r3", new Cursor("e3", 0)));
        assertThat(log.heard()).containsEntry("r2", five.at(8)).containsEntry("r3", new Cursor("e3", 0));

        log.noteHeard(new Origin("r2", new Cursor("e1", 1)));
        assertThat(log.heard()).containsEntry("r2", new Cursor("e1", 1));
    }

    @Test
    void wakers_afterAppends_seeTheTipUntilTheyEnd() {
        AtomicLong seen = new AtomicLong();
        AtomicInteger calls = new AtomicInteger();
        log.onAppend(() -> {
            throw new IllegalStateException("a waker that fails keeps no other one waiting");
        });
        Runnable end = log.onAppend(() -> seen.set(log.extent().tip()));
        log.onAppend(calls::incrementAndGet);

        long tip = Events.stored(log.append(Events.event("{}"))).seq();
        await().until(() -> seen.get() == tip);
        end.run();
        Events.stored(log.append(Events.event("{}")));
        await().until(() -> calls.get() >= 2);

        assertThat(seen).hasValue(tip);
    }

    @Test
    void queue_withoutRoom_losesTheEpochAndNothingSilently() throws Exception {
        use(new EventLogSettings(1 << 20, 1 << 20, 1 << 18, 4, 100, 1_000));
        // an entry is stored before the wakers are called: the one that holds the appender must not meet the call for this one
        AtomicInteger calls = new AtomicInteger();
        Runnable counting = log.onAppend(calls::incrementAndGet);
        Cursor before = Events.stored(log.append(Events.of("a", 1, false)));
        await().until(() -> calls.get() == 1);
        counting.run();
        AtomicInteger told = new AtomicInteger();
        log.onLost(told::incrementAndGet);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        Runnable end = log.onAppend(() -> {
            reached.countDown();
            awaitQuietly(held);
        });
        Events.stored(log.append(Events.of("b", 1, false)));
        reached.await();

        List<CompletionStage<Cursor>> taken = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            taken.add(log.appendFrom(new Origin("r2", new Cursor("e2", i + 1)), Events.event("{}")));
        }
        CompletionStage<Cursor> refused = log.appendFrom(new Origin("r2", new Cursor("e2", 3)), Events.event("{}"));
        taken.add(log.append(Events.event("{}")));
        taken.add(log.append(Events.event("{}")));
        List<CompletionStage<Cursor>> lost = List.of(log.append(Events.event("{}")), log.append(Events.event("{}")),
                log.appendFrom(new Origin("r2", new Cursor("e2", 3)), Events.event("{}")), refused);
        lost.forEach(stage -> assertThatThrownBy(() -> Events.stored(stage)).cause()
                .isInstanceOf(RejectedExecutionException.class));
        held.countDown();
        end.run();

        assertThat(taken).allSatisfy(stage -> assertThat(Events.stored(stage).epoch()).isEqualTo(before.epoch()));
        await().until(() -> told.get() == 1);
        assertThat(log.read(before, 10, 1_000)).isEqualTo(new Read.Lost(Loss.OTHER_EPOCH));
        assertThat(log.state().entries()).extracting(entry -> entry.event().subject()).containsExactly("a", "b");
        assertThat(log.state().cursor()).isEqualTo(new Cursor(log.extent().epoch(), 0));
        assertThat(log.heard()).containsEntry("r2", new Cursor("e2", 2));
        assertThat(Events.stored(log.append(Events.event("{}"))).seq()).isEqualTo(1);
        assertThat(meters.get("sandgate.events.lost").counter().count()).isEqualTo(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void append_afterClose_fails() {
        log.close();

        assertThatThrownBy(() -> Events.stored(log.append(Events.event("{}")))).cause()
                .isInstanceOf(RejectedExecutionException.class).hasMessageContaining("closed");
    }
}
