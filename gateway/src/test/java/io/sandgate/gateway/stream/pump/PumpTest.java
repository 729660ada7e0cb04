package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PumpTest {
    private static final PumpObserver NOBODY = new PumpObserver() {
        @Override
        public void passed(int scanned, int sent) {}

        @Override
        public void ended(End end) {}
    };

    private final StepLoop loop = new StepLoop();
    private final MemoryLog log = new MemoryLog();
    private Sink sink = new Sink();
    private final List<Runnable> work = new ArrayList<>();
    private final Parking parking = new Parking(loop, Duration.ofMillis(4));

    private Pump start(Filter filter, Start start) {
        log.onAppend(parking::appended);
        Pump pump = new Pump(log, new Subscription(Optional.empty(), filter, start), sink, loop, work::add, parking,
                PumpSettings.DEFAULT, NOBODY);
        pump.start("r1");
        return pump;
    }

    private static Filter only(String kind) {
        return new Filter(Set.of(kind), Set.of(), Set.of(), Map.of());
    }

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            log.append("a.b");
        }
    }

    @Test
    void start_atTheTip_saysHelloAndLive_thenSendsWhatComes() {
        append(3);
        start(Filter.ALL, new Start.Tip());
        append(1);
        loop.settle();

        assertThat(sink.types()).containsExactly("hello", "live");
        assertThat(sink.notes.getFirst().json().toString())
                .isEqualTo("{\"type\":\"hello\",\"cursor\":\"e1:3\",\"replica\":\"r1\"}");
        assertThat(sink.seqs()).containsExactly(4L);
    }

    @Test
    void turn_withMuchToRead_letsOthersHaveTheLoop() {
        append(1_000);
        start(Filter.ALL, new Start.Oldest());

        assertThat(sink.events).hasSize(256);
        assertThat(loop.waiting()).isEqualTo(1);
        loop.settle();
        assertThat(sink.events).hasSize(1_000);
        assertThat(sink.count("live")).isEqualTo(1);
    }

    @Test
    void outlet_thatIsFull_isNotWrittenTo_untilItHasRoom() {
        append(10);
        sink.room = 1;
        Pump pump = start(Filter.ALL, new Start.Oldest());
        append(10);
        loop.settle();
        assertThat(sink.events).isEmpty();

        sink.room = 9;
        pump.drained();
        loop.settle();

        assertThat(sink.seqs()).hasSize(20);
        assertThat(sink.writes).containsExactly(20);
    }

    @Test
    void appends_inABurst_makeOneTaskAndOneWrite() {
        start(Filter.ALL, new Start.Tip());
        append(100);

        assertThat(loop.waiting()).isEqualTo(1);
        loop.settle();
        assertThat(sink.writes).containsExactly(100);
    }

    @Test
    void wakes_thatFollowFast_areSpaced() {
        start(Filter.ALL, new Start.Tip());
        append(1);
        loop.settle();
        append(1);
        loop.settle();
        append(1);
        loop.settle();
        assertThat(sink.writes).containsExactly(1);

        loop.pass(Duration.ofMillis(4));
        loop.settle();
        assertThat(sink.writes).containsExactly(1, 2);
    }

    @Test
    void appends_whileNobodyIsParked_makeNoTask() {
        sink.room = 1;
        start(Filter.ALL, new Start.Tip());
        append(100);

        assertThat(loop.waiting()).isZero();
    }

    @Test
    void drains_inABurst_makeOneTask() {
        sink.room = 1;
        Pump pump = start(Filter.ALL, new Start.Tip());
        for (int i = 0; i < 5; i++) {
            pump.drained();
        }

        assertThat(loop.waiting()).isEqualTo(1);
    }

    @Test
    void cursor_ofASelectiveFilter_movesWithWhatWasRead_andIsToldWhenNothingElseIs() {
        Pump pump = start(only("rare.one"), new Start.Tip());
        append(500);
        loop.settle();
        assertThat(pump.cursor()).isEqualTo(new Cursor("e1", 500));
        pump.beat();
        assertThat(sink.types()).containsExactly("hello", "live");

        loop.pass(Duration.ofSeconds(15));
        pump.beat();
        pump.beat();
        assertThat(sink.types()).containsExactly("hello", "live", "cursor");
        assertThat(sink.notes.getLast().json().toString()).isEqualTo("{\"type\":\"cursor\",\"cursor\":\"e1:500\"}");
    }

    @Test
    void snapshot_isTheNewestOfEachSubject_thenTheChanges() {
        log.append(MemoryLog.event("sandbox.created", "sandbox/1", false));
        log.append(MemoryLog.event("sandbox.created", "sandbox/2", false));
        log.append(MemoryLog.event("sandbox.paused", "sandbox/1", false));
        log.append(MemoryLog.event("sandbox.killed", "sandbox/2", true));
        start(Filter.ALL, new Start.Snapshot());
        work.removeFirst().run();
        log.append(MemoryLog.event("sandbox.killed", "sandbox/1", true));
        loop.settle();

        assertThat(sink.types()).containsExactly("hello", "state", "state_end", "live");
        assertThat(sink.notes.get(1).json().toString())
                .isEqualTo("{\"type\":\"state\",\"count\":1,\"cursor\":\"e1:4\"}");
        assertThat(sink.state).singleElement().satisfies(entry -> assertThat(entry.seq()).isEqualTo(3));
        assertThat(sink.seqs()).containsExactly(5L);
        assertThat(sink.notes.get(0).resume()).isEmpty();
        assertThat(sink.notes.get(2).resume()).contains(new Cursor("e1", 4));
    }

    @Test
    void end_inTheMiddleOfTheState_namesNoPlaceToGoOnFrom() {
        for (int i = 0; i < 1_000; i++) {
            log.append(MemoryLog.event("sandbox.created", "sandbox/" + i, false));
        }
        Pump pump = start(Filter.ALL, new Start.Snapshot());
        work.removeFirst().run();
        loop.step();
        pump.end(End.DRAIN);
        loop.settle();

        assertThat(sink.state).hasSizeBetween(1, 999);
        assertThat(sink.notes.getLast().resume()).isEmpty();
        assertThat(sink.notes.getLast().json().toJsonObject().fieldNames()).doesNotContain("cursor");
    }

    @Test
    void end_namesThePlaceToGoOnFrom_andNothingComesAfterIt() {
        Pump pump = start(Filter.ALL, new Start.Tip());
        append(2);
        pump.end(End.DRAIN);
        pump.end(End.SLOW);
        append(2);
        loop.settle();

        assertThat(sink.types()).containsExactly("hello", "live", "end");
        assertThat(sink.notes.getLast().json().toJsonObject().getMap()).containsEntry("code", 1001)
                .containsEntry("cursor", "e1:0");
    }

    @Test
    void place_thatIsGone_endsTheSubscription() {
        append(5);
        log.memoryFloor = 6;
        start(Filter.ALL, new Start.Oldest());
        log.floor = 6;
        work.removeFirst().run();
        loop.settle();

        assertThat(sink.types()).containsExactly("hello", "end");
        assertThat(sink.notes.getLast().json().toJsonObject().getInteger("code")).isEqualTo(4009);
    }

    @Test
    void epoch_thatChanges_endsTheSubscriptionOfWhoIsAtTheTip() {
        start(Filter.ALL, new Start.Tip());
        log.loseEpoch();
        loop.settle();

        assertThat(sink.notes.getLast().json().toJsonObject().getInteger("code")).isEqualTo(4009);
    }

    @Test
    void stored_thatComesAfterTheClose_isDropped() {
        append(5);
        log.memoryFloor = 6;
        Pump pump = start(Filter.ALL, new Start.Oldest());
        assertThat(work).hasSize(1);
        pump.drained();
        loop.settle();
        assertThat(work).as("one read at a time").hasSize(1);

        pump.closed();
        work.removeFirst().run();
        loop.settle();
        assertThat(sink.events).isEmpty();
    }

    @Test
    void snapshot_isLookedThroughAwayFromTheLoop_andWhatComesMeanwhileIsInItOrBehindIt() {
        log.append(MemoryLog.event("sandbox.created", "sandbox/1", false));
        log.append(MemoryLog.event("room.joined", "room/1", false));
        Pump pump = start(only("sandbox"), new Start.Snapshot());
        log.append(MemoryLog.event("sandbox.created", "sandbox/2", false));
        loop.pass(Duration.ofMinutes(1));
        pump.beat();
        pump.drained();
        loop.settle();
        assertThat(sink.notes).isEmpty();
        assertThat(work).hasSize(1);

        work.removeFirst().run();
        log.append(MemoryLog.event("sandbox.created", "sandbox/3", false));
        loop.settle();
        assertThat(sink.types()).containsExactly("hello", "state", "state_end", "live");
        assertThat(sink.notes.get(1).json().toString())
                .isEqualTo("{\"type\":\"state\",\"count\":2,\"cursor\":\"e1:3\"}");
        assertThat(sink.state).extracting(Entry::seq).containsExactly(1L, 3L);
        assertThat(sink.seqs()).containsExactly(4L);
    }

    @Test
    void end_whileTheStateIsRead_namesNoPlaceToGoOnFrom_andTheStateIsDropped() {
        log.append(MemoryLog.event("sandbox.created", "sandbox/1", false));
        Pump pump = start(Filter.ALL, new Start.Snapshot());
        pump.end(End.DRAIN);
        work.removeFirst().run();
        loop.settle();

        assertThat(sink.types()).containsExactly("end");
        assertThat(sink.notes.getLast().resume()).isEmpty();
        assertThat(sink.state).isEmpty();
    }

    private static void broken() {
        throw new LinkageError("of a test");
    }

    private void assertFailedAt(String cursor) {
        assertThat(sink.notes.getLast().type()).isEqualTo("end");
        assertThat(sink.notes.getLast().json().toJsonObject().getMap()).containsEntry("code", 1011)
                .containsEntry("cursor", cursor);
    }

    @Test
    void stored_thatCannotBeRead_endsTheSubscription() {
        append(5);
        log.memoryFloor = 6;
        log.trouble = PumpTest::broken;
        start(Filter.ALL, new Start.Oldest());
        work.removeFirst().run();
        loop.settle();

        assertFailedAt("e1:0");
    }

    @Test
    void state_thatCannotBeRead_endsTheSubscription() {
        log.trouble = PumpTest::broken;
        start(Filter.ALL, new Start.Snapshot());
        work.removeFirst().run();
        loop.settle();

        assertThat(sink.notes.getLast().json().toJsonObject().getInteger("code")).isEqualTo(1011);
        assertThat(sink.notes.getLast().resume()).isEmpty();
    }

    @Test
    void memory_thatCannotBeRead_endsTheSubscription() {
        start(Filter.ALL, new Start.Tip());
        log.meanwhile = PumpTest::broken;
        append(1);
        loop.settle();

        assertFailedAt("e1:0");
    }

    @Test
    void write_thatFails_endsTheSubscription_andKeepsNobodyElseFromTheirs() {
        start(Filter.ALL, new Start.Tip());
        Sink first = sink;
        sink = new Sink();
        start(Filter.ALL, new Start.Tip());
        first.trouble = () -> {
            first.trouble = () -> {};
            broken();
        };
        append(1);
        loop.settle();
        append(1);
        loop.pass(Duration.ofMillis(4));
        loop.settle();

        assertThat(sink.seqs()).containsExactly(1L, 2L);
        sink = first;
        assertFailedAt("e1:0");
        assertThat(first.events).isEmpty();
    }

    @Test
    void stored_thatCannotBeWritten_endsTheSubscription() {
        append(5);
        log.memoryFloor = 6;
        start(Filter.ALL, new Start.Oldest());
        sink.trouble = () -> {
            sink.trouble = () -> {};
            broken();
        };
        work.removeFirst().run();
        loop.settle();

        assertFailedAt("e1:0");
    }

    @Test
    void end_thatCannotBeWritten_closesAtOnce() {
        Pump pump = start(Filter.ALL, new Start.Tip());
        sink.trouble = PumpTest::broken;
        pump.end(End.DRAIN);

        assertThat(sink.aborted).isTrue();
        assertThat(pump.isOver()).isTrue();
    }

    @Test
    void start_ofWhoIsGoneAlready_writesNothing() {
        Pump pump = new Pump(log, new Subscription(Optional.empty(), Filter.ALL, new Start.Tip()), sink, loop,
                work::add, parking, PumpSettings.DEFAULT, NOBODY);
        pump.closed();
        pump.start("r1");

        assertThat(sink.notes).isEmpty();
    }

    @Test
    void replica_thatStops_endsWhoWouldReadFromDisk() {
        append(5);
        log.memoryFloor = 6;
        Pump pump = new Pump(log, new Subscription(Optional.empty(), Filter.ALL, new Start.Oldest()), sink, loop,
                task -> {
                    throw new RejectedExecutionException("of a test");
                }, parking, PumpSettings.DEFAULT, NOBODY);
        pump.start("r1");

        assertThat(sink.notes.getLast().json().toJsonObject().getMap()).containsEntry("code", 1001)
                .containsEntry("cursor", "e1:0");
    }

    @Test
    void pumps_thatCloseWhileOthersArePiled_leaveTheOthersParked() {
        List<Sink> sinks = new ArrayList<>();
        List<Pump> pumps = new ArrayList<>();
        log.onAppend(parking::appended);
        for (int i = 0; i < 700; i++) {
            Sink each = new Sink();
            sinks.add(each);
            Pump pump = new Pump(log, new Subscription(Optional.empty(), Filter.ALL, new Start.Tip()), each, loop,
                    work::add, parking, PumpSettings.DEFAULT, NOBODY);
            pumps.add(pump);
            pump.start("r1");
        }
        for (int i = 0; i < 700; i += 3) {
            pumps.get(i).closed();
        }
        append(1);
        loop.step();
        assertThat(loop.waiting()).as("the loop is shared with others").isEqualTo(1);
        loop.settle();

        for (int i = 0; i < 700; i++) {
            assertThat(sinks.get(i).events).hasSize(i % 3 == 0 ? 0 : 1);
        }
    }
}
