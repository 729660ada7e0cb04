package io.sandgate.gateway.stream.replicate;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.gateway.stream.replicate.Parcel.Names;
import io.sandgate.gateway.stream.replicate.Parcel.Page;
import io.sandgate.gateway.stream.replicate.Parcel.Range;
import io.sandgate.gateway.stream.replicate.Parcel.States;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IntakeTest {
    private static final Instant AT = Instant.parse("2026-05-01T12:00:00Z");

    private final VirtualLoop loop = new VirtualLoop(0);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakeLog log = new FakeLog("here", "h", loop, 1_000, () -> Duration.ofMillis(1));
    private final Intake intake = new Intake(log, log, log, "there"::equals, loop, loop, InstantSource.fixed(AT),
            meters);
    private long numbers;

    private static Event event(String subject, String data) {
        return event(subject, data, AT);
    }

    private static Event event(String subject, String data, Instant at) {
        return new Event(subject.replaceFirst("/.*", "") + ".updated", subject, false, at, "i", "team",
                Map.of("a", "b"),
                "{\"v\":\"" + data + "\"}", Reach.CLUSTER);
    }

    private static Relayed relayed(String cursor, String subject, String data) {
        return new Relayed(cursor(cursor), event(subject, data));
    }

    private static Cursor cursor(String text) {
        return Cursor.parse(text).orElseThrow();
    }

    private Stamp stamp() {
        return new Stamp("there", 5, ++numbers);
    }

    private Reply take(Parcel parcel) {
        CompletableFuture<Reply> reply = intake.take(parcel).toCompletableFuture();
        loop.run(Duration.ofSeconds(1));
        assertThat(reply).isDone();
        return reply.join();
    }

    private Reply range(String after, long to, Relayed... entries) {
        return take(new Range(stamp(), cursor(after), to, List.of(entries)));
    }

    private Reply names(String place, int page, boolean last, String... names) {
        return take(new Names(stamp(), new Page(cursor(place), 1, page), last, List.of(names)));
    }

    private Reply states(String place, int page, boolean last, Relayed... entries) {
        return take(new States(stamp(), new Page(cursor(place), 1, page), last, List.of(entries)));
    }

    private void knows(String place, Relayed... entries) {
        Stream.of(entries).forEach(entry -> log.appendFrom(new Origin("there", entry.cursor()), entry.event()));
        loop.run(Duration.ofSeconds(1));
        log.noteHeard(new Origin("there", cursor(place)));
    }

    private static Reply taken(String heard) {
        return new Reply(true, Optional.of(cursor(heard)));
    }

    private static Reply refused(String heard) {
        return new Reply(false, Optional.of(cursor(heard)));
    }

    private List<String> stored() {
        return log.history.stream().map(entry -> entry.origin().cursor().toString()).toList();
    }

    @Test
    void range_behindWhatIsHeard_isStoredAndAnsweredThen() {
        knows("e1:4");

        CompletableFuture<Reply> reply = intake.take(new Range(stamp(), cursor("e1:4"), 9,
                List.of(relayed("e1:5", "sandbox/a", "1"), relayed("e1:7", "sandbox/b", "2")))).toCompletableFuture();
        loop.run();
        assertThat(reply).isNotDone();
        loop.run(Duration.ofMillis(1));
        assertThat(reply).isCompletedWithValue(taken("e1:9"));
        assertThat(stored()).containsExactly("e1:5", "e1:7");
        assertThat(log.history.getFirst().event()).isEqualTo(event("sandbox/a", "1"));
        assertThat(log.heard()).containsEntry("there", cursor("e1:9"));
    }

    @Test
    void range_thatOverlaps_isStoredFromWhatIsNew() {
        knows("e1:5");

        assertThat(
                range("e1:3", 7, relayed("e1:4", "s/a", "1"), relayed("e1:5", "s/a", "2"), relayed("e1:6", "s/a", "3")))
                .isEqualTo(taken("e1:7"));
        assertThat(range("e1:3", 4, relayed("e1:4", "s/a", "1"))).isEqualTo(taken("e1:7"));
        assertThat(log.heard()).containsEntry("there", cursor("e1:7"));
        assertThat(stored()).containsExactly("e1:6");
        assertThat(meters.get("sandgate.events.replicated").tag("what", "duplicate").counter().count()).isEqualTo(3);
    }

    @Test
    void range_thatLeavesAHole_isRefusedWithThePlace() {
        knows("e1:5");

        assertThat(range("e1:6", 7, relayed("e1:7", "s/a", "1"))).isEqualTo(refused("e1:5"));
        assertThat(range("e2:5", 7, relayed("e2:7", "s/a", "1"))).isEqualTo(refused("e1:5"));
        assertThat(stored()).isEmpty();
    }

    @Test
    void range_ofAnUnknownReplica_isRefusedWithoutAPlace() {
        assertThat(range("e1:0", 0)).isEqualTo(new Reply(false, Optional.empty()));
    }

    @Test
    void parcel_thatIsOlderThanTheLast_isRefused() {
        knows("e1:5");
        range("e1:5", 6, relayed("e1:6", "s/a", "1"));

        assertThat(
                take(new Range(new Stamp("there", 5, numbers), cursor("e1:6"), 8, List.of(relayed("e1:7", "s", "1")))))
                .isEqualTo(refused("e1:6"));
        assertThat(take(new Names(new Stamp("there", 4, 99), new Page(cursor("e0:9"), 9, 0), true, List.of())))
                .isEqualTo(refused("e1:6"));
        assertThat(take(new Range(new Stamp("there", 6, 1), cursor("e1:6"), 8, List.of()))).isEqualTo(taken("e1:8"));
        assertThat(stored()).containsExactly("e1:6");
    }

    @Test
    void parcel_whileAnotherIsBeingStored_isPutOff() {
        knows("e1:5");
        var first = intake.take(new Range(stamp(), cursor("e1:5"), 6, List.of(relayed("e1:6", "s/a", "1"))));
        var second = intake.take(new Range(stamp(), cursor("e1:5"), 7, List.of(relayed("e1:7", "s/a", "1"))));
        loop.run(Duration.ofSeconds(1));

        assertThat(first).isCompletedWithValue(taken("e1:6"));
        assertThatThrownBy(second.toCompletableFuture()::join).hasCauseInstanceOf(Intake.NotNowException.class);
        assertThat(stored()).containsExactly("e1:6");
    }

    @Test
    void parcel_ofNoMember_isPutOff() {
        var reply = intake.take(new Range(new Stamp("who", 1, 1), cursor("e1:0"), 0, List.of()));
        loop.run();

        assertThatThrownBy(reply.toCompletableFuture()::join).hasCauseInstanceOf(Intake.NotNowException.class)
                .hasMessageContaining("who is no member here");
    }

    @Test
    void range_whenTheQueueIsFull_isStoredAsFarAsItGoes() {
        knows("e1:5");
        int[] calls = {0};
        log.refuses = () -> ++calls[0] == 2;
        var reply = intake.take(new Range(stamp(), cursor("e1:5"), 8,
                List.of(relayed("e1:6", "s/a", "1"), relayed("e1:7", "s/a", "2"), relayed("e1:8", "s/a", "3"))));
        loop.run(Duration.ofSeconds(1));

        assertThatThrownBy(reply.toCompletableFuture()::join).hasCauseInstanceOf(Intake.NotNowException.class);
        assertThat(stored()).containsExactly("e1:6");
        assertThat(
                range("e1:5", 8, relayed("e1:6", "s/a", "1"), relayed("e1:7", "s/a", "2"), relayed("e1:8", "s/a", "3")))
                .isEqualTo(taken("e1:8"));
        assertThat(stored()).containsExactly("e1:6", "e1:7", "e1:8");
    }

    @Test
    void range_ofWhichTheLogLosesTheBeginning_makesTheSenderTellItsState() {
        knows("e1:5");
        var reply = intake.take(new Range(stamp(), cursor("e1:5"), 8,
                List.of(relayed("e1:6", "s/a", "1"), relayed("e1:7", "s/b", "2"))));
        loop.run();
        log.lose("h2");
        loop.run(Duration.ofSeconds(1));

        assertThatThrownBy(reply.toCompletableFuture()::join).hasCauseInstanceOf(Intake.NotNowException.class);
        assertThat(range("e1:7", 8).heard().orElseThrow().epoch()).isNotEqualTo("e1");
        names("e1:8", 0, true, "s/a", "s/b");
        assertThat(states("e1:8", 1, true, relayed("e1:6", "s/a", "1"), relayed("e1:7", "s/b", "2")))
                .isEqualTo(taken("e1:8"));
        assertThat(stored()).containsExactly("e1:7", "e1:6");
    }

    @Test
    void range_withAnEventThatTheLogRefuses_goesOnBehindIt() {
        knows("e1:5");
        log.refusesForEver = event -> event.data().contains("poison");

        assertThat(range("e1:5", 8, relayed("e1:6", "s/a", "poison"), relayed("e1:7", "s/b", "2")))
                .isEqualTo(taken("e1:8"));
        assertThat(stored()).containsExactly("e1:7");
    }

    @Test
    void state_ofAnotherLife_endsWhatIsNotNamedAndAppendsWhatDiffers() {
        knows("e1:9", relayed("e1:1", "sandbox/gone", "1"), relayed("e1:2", "route/gone", "1"),
                relayed("e1:3", "shard/gone", "1"), relayed("e1:4", "sandbox/same", "1"),
                relayed("e1:5", "sandbox/other", "1"));
        log.history.clear();

        assertThat(names("e2:3", 0, true, "sandbox/same", "sandbox/other", "sandbox/new")).isEqualTo(taken("e1:9"));
        assertThat(log.history.stream().map(Entry::event)).extracting(Event::kind)
                .containsExactly("sandbox.killed", "route.deleted", "shard.released");
        assertThat(log.history).allSatisfy(entry -> {
            assertThat(entry.event().last()).isTrue();
            assertThat(entry.event().owner()).isEqualTo("team");
            assertThat(entry.event().data()).isEqualTo("{\"resync\":true}");
            assertThat(entry.event().reach()).isEqualTo(Reach.REPLICA);
            assertThat(entry.origin().replica()).isEqualTo("here");
        });
        log.history.clear();
        assertThat(states("e2:3", 1, true, relayed("e2:1", "sandbox/same", "1"), relayed("e2:2", "sandbox/other", "2"),
                relayed("e2:3", "sandbox/new", "1"))).isEqualTo(taken("e2:3"));
        assertThat(stored()).containsExactly("e2:2", "e2:3");
    }

    @Test
    void state_ofTheSameLife_appendsWhatIsNewerAndNotWhatEnded() {
        knows("e1:5", relayed("e1:4", "sandbox/a", "1"), relayed("e1:5", "sandbox/b", "1"));
        log.history.clear();
        names("e1:50", 0, true, "sandbox/a", "sandbox/b", "sandbox/c");

        states("e1:50", 1, true, relayed("e1:3", "sandbox/c", "1"), relayed("e1:5", "sandbox/b", "1"),
                relayed("e1:40", "sandbox/a", "1"));
        assertThat(stored()).containsExactly("e1:40");
    }

    @Test
    void state_ofAThingThatAnotherReplicaSpokeOf_countsByTime() {
        log.appendFrom(new Origin("third", cursor("t1:1")), event("sandbox/a", "third", AT));
        log.appendFrom(new Origin("third", cursor("t1:2")), event("sandbox/b", "third", AT));
        loop.run(Duration.ofSeconds(1));
        log.history.clear();
        names("e1:50", 0, true, "sandbox/a", "sandbox/b");

        states("e1:50", 1, true, new Relayed(cursor("e1:1"), event("sandbox/a", "before", AT.minusSeconds(1))),
                new Relayed(cursor("e1:2"), event("sandbox/b", "after", AT.plusSeconds(1))));
        assertThat(stored()).containsExactly("e1:2");
    }

    @Test
    void state_thatDoesNotNameWhatAnotherReplicaHas_endsNothing() {
        log.appendFrom(new Origin("third", cursor("t1:1")), event("sandbox/a", "third"));
        knows("e1:9");
        log.history.clear();

        assertThat(names("e1:50", 0, true).taken()).isTrue();
        assertThat(log.history).isEmpty();
    }

    @Test
    void state_thatTellsWhatItDidNotName_bringsItBack() {
        knows("e1:9", relayed("e1:1", "sandbox/a", "1"));
        names("e2:3", 0, true);
        log.history.clear();

        states("e2:3", 1, true, relayed("e2:1", "sandbox/a", "1"));
        assertThat(stored()).containsExactly("e2:1");
    }

    @Test
    void state_thatEndsMuch_fillsTheLogByParts() {
        knows("e1:600", IntStream.rangeClosed(1, 600).mapToObj(i -> relayed("e1:" + i, "sandbox/" + i, "1"))
                .toArray(Relayed[]::new));
        log.history.clear();

        var reply = intake.take(new Names(stamp(), new Page(cursor("e2:3"), 1, 0), true, List.of()));
        loop.run(Duration.ofMillis(1));
        assertThat(log.history).hasSize(256);
        loop.run(Duration.ofSeconds(1));
        assertThat(log.history).hasSize(600);
        assertThat(reply).isCompletedWithValue(taken("e1:600"));
    }

    @Test
    void state_ofWhichAPageIsStoredInPart_isGoneOnWithBehindThat() {
        knows("e1:9");
        names("e2:3", 0, true, "s/a", "s/b", "s/c");
        int[] calls = {0};
        log.refuses = () -> ++calls[0] == 2;
        Relayed[] page = {relayed("e2:1", "s/a", "1"), relayed("e2:2", "s/b", "1"), relayed("e2:3", "s/c", "1")};
        var reply = intake.take(new States(stamp(), new Page(cursor("e2:3"), 1, 1), true, List.of(page)));
        loop.run(Duration.ofSeconds(1));

        assertThatThrownBy(reply.toCompletableFuture()::join).hasCauseInstanceOf(Intake.NotNowException.class);
        assertThat(stored()).containsExactly("e2:1");
        assertThat(states("e2:3", 1, true, page)).isEqualTo(taken("e2:3"));
        assertThat(stored()).containsExactly("e2:1", "e2:2", "e2:3");
    }

    @Test
    void state_namesInSeveralPages_endNothingBeforeTheLast() {
        knows("e1:9", relayed("e1:1", "sandbox/a", "1"), relayed("e1:2", "sandbox/b", "1"));
        log.history.clear();

        names("e2:3", 0, false, "sandbox/a");
        assertThat(log.history).isEmpty();
        names("e2:3", 1, true, "sandbox/b");
        assertThat(log.history).isEmpty();
        assertThat(log.heard()).containsEntry("there", cursor("e1:9"));
    }

    @Test
    void page_thatIsNotTheNext_isRefusedButForTheLastOneAgain() {
        knows("e1:9");
        names("e2:3", 0, false);
        assertThat(names("e2:3", 2, true).taken()).isFalse();
        assertThat(names("e2:4", 1, true).taken()).isFalse();
        assertThat(take(new Names(stamp(), new Page(cursor("e2:3"), 2, 1), true, List.of())).taken()).isFalse();
        assertThat(names("e2:3", 1, true).taken()).isTrue();
        states("e2:3", 2, false, relayed("e2:1", "s/a", "1"));
        assertThat(states("e2:3", 2, false, relayed("e2:1", "s/a", "1"))).isEqualTo(taken("e2:1"));
        assertThat(stored()).containsExactly("e2:1");
        assertThat(states("e2:3", 3, true)).isEqualTo(taken("e2:3"));
        assertThat(states("e2:3", 3, true)).isEqualTo(refused("e2:3"));
    }
}
