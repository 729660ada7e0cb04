package io.sandgate.gateway.stream.replicate;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.gateway.stream.replicate.Parcel.Range;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange.Joined;
import io.sandgate.membership.MembershipChange.Left;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReplicationTest {
    private static final Instant AT = Instant.parse("2026-05-01T12:00:00Z");

    /// What was sent, and the answer that it waits for.
    private record Request(String peer, long at, Parcel parcel, CompletableFuture<Reply> answer) {}

    private final VirtualLoop loop = new VirtualLoop(0);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FakeLog log = new FakeLog("me", "e", loop, 100, () -> Duration.ofMillis(1));
    private final List<Request> requests = new ArrayList<>();
    /// Answers at once, if it knows how.
    private Function<Request, Optional<Reply>> answers = request -> Optional.empty();
    private final ReplicationSettings settings = new ReplicationSettings(10, 10_000, 50, Duration.ofSeconds(5),
            Duration.ofMillis(100), Duration.ofSeconds(5), 4);
    private final Replication replication = new Replication("me", 1, settings, log,
            (peer, parcel, timeout) -> send(peer, parcel), loop, loop, new Random(1), meters);

    private CompletionStage<Reply> send(Member peer, Parcel parcel) {
        Request request = new Request(peer.id(), loop.nanoTime(), parcel, new CompletableFuture<>());
        requests.add(request);
        answers.apply(request).ifPresent(request.answer()::complete);
        return request.answer();
    }

    private static Member member(String id, long incarnation) {
        return new Member(id, incarnation, new Endpoint(id, 1), new Endpoint(id, 2), MemberState.READY);
    }

    private void joins(String... ids) {
        for (String id : ids) {
            replication.onChange(new Joined(member(id, 1)));
        }
        loop.run();
    }

    private void happens(int events) {
        for (int i = 0; i < events; i++) {
            log.append(event(Reach.CLUSTER));
        }
        loop.run(Duration.ofMillis(1));
    }

    private static Event event(Reach reach) {
        return new Event("shard.event", "", false, AT, "", "", Map.of(), "{}", reach);
    }

    private static Optional<Reply> takes(Request request) {
        return request.parcel() instanceof Range range
                ? Optional.of(new Reply(true, Optional.of(range.after().at(range.to()))))
                : Optional.of(new Reply(true, Optional.empty()));
    }

    private static Reply isAt(boolean taken, long seq) {
        return new Reply(taken, Optional.of(new Cursor("e", seq)));
    }

    private List<String> ranges() {
        return requests.stream().map(Request::parcel).filter(Range.class::isInstance).map(Range.class::cast)
                .map(range -> range.after().seq() + "-" + range.to() + ":" + range.entries().size()).toList();
    }

    @Test
    void feed_atTheTip_sendsWhatComesInOneRequestAtATime() {
        answers = request -> requests.size() == 1 ? takes(request) : Optional.empty();
        joins("r2");
        happens(1);
        happens(1);
        happens(1);
        assertThat(ranges()).containsExactly("0-0:0", "0-1:1");

        requests.getLast().answer().complete(isAt(true, 1));
        loop.run();
        assertThat(ranges()).containsExactly("0-0:0", "0-1:1", "1-3:2");
    }

    @Test
    void feed_ofEventsThatAreNotToBeTold_sendsNothingButItsPlaceNowAndThen() {
        answers = ReplicationTest::takes;
        joins("r2");
        for (int i = 0; i < 30; i++) {
            log.append(event(Reach.REPLICA));
            log.appendFrom(new Origin("r3", new Cursor("x", i + 1)), event(Reach.CLUSTER));
        }
        loop.run(Duration.ofSeconds(1));

        assertThat(ranges()).containsExactly("0-0:0", "0-50:0");
        happens(1);
        assertThat(ranges()).last().isEqualTo("50-61:1");
    }

    @Test
    void event_thatComesBetweenTheReadAndTheParking_isSent() {
        answers = ReplicationTest::takes;
        boolean[] isDone = {false};
        log.afterRead = () -> {
            if (!isDone[0]) {
                isDone[0] = true;
                log.appendNow(event(Reach.CLUSTER));
            }
        };
        joins("r2");

        assertThat(ranges()).containsExactly("0-0:0", "0-1:1");
    }

    @Test
    void peer_thatIsElsewhere_isGoneOnFromThere() {
        happens(8);
        joins("r2");
        requests.getLast().answer().complete(isAt(false, 3));
        loop.run();

        assertThat(ranges()).containsExactly("8-8:0", "3-8:5");
    }

    @Test
    void peer_thatHasMoreThanItWasJustTold_isGoneOnFromThere() {
        joins("r2");
        happens(5);
        requests.getLast().answer().complete(isAt(true, 3));
        loop.run();

        assertThat(ranges()).containsExactly("0-0:0", "3-5:2");
    }

    @Test
    void peer_thatKnowsNothing_isToldTheState() {
        log.append(new Event("sandbox.created", "sandbox/a", false, AT, "a", "t", Map.of(), "{}", Reach.CLUSTER));
        log.append(new Event("client.connected", "client/a", false, AT, "", "t", Map.of(), "{}", Reach.REPLICA));
        log.appendFrom(new Origin("r3", new Cursor("x", 1)),
                new Event("sandbox.created", "sandbox/b", false, AT, "b", "t", Map.of(), "{}", Reach.CLUSTER));
        happens(1);
        answers = request -> requests.size() == 1
                ? Optional.of(new Reply(false, Optional.empty()))
                : takes(request);
        joins("r2");

        Parcel.Names names = (Parcel.Names) requests.get(1).parcel();
        assertThat(names.subjects()).containsExactly("sandbox/a", "sandbox/b");
        assertThat(names.last()).isTrue();
        Parcel.States states = (Parcel.States) requests.get(2).parcel();
        assertThat(states.entries()).extracting(entry -> entry.event().subject()).containsExactly("sandbox/a");
        assertThat(states.page()).isEqualTo(new Parcel.Page(new Cursor("e", 4), names.page().token(), 1));
        assertThat(states.last()).isTrue();
        happens(1);
        assertThat(ranges()).last().isEqualTo("4-5:1");
    }

    @Test
    void place_thatIsNoLongerKept_makesTheStateBeTold() {
        for (int i = 0; i < 12; i++) {
            happens(10);
        }
        joins("r2");
        requests.getLast().answer().complete(isAt(false, 3));
        loop.run();

        assertThat(requests.getLast().parcel()).isInstanceOf(Parcel.Names.class);
        assertThat(meters.get("sandgate.events.replication.resyncs").tag("side", "told").counter().count())
                .isEqualTo(1);
    }

    @Test
    void peer_thatFails_isTriedAgainAfterWaitsThatDoubleToABound() {
        joins("r2");
        for (int i = 0; i < 12; i++) {
            requests.getLast().answer().completeExceptionally(new IOException("broken"));
            loop.run(Duration.ofSeconds(5));
            assertThat(requests).hasSize(i + 2);
        }
        for (int i = 1; i < requests.size(); i++) {
            long wait = requests.get(i).at() - (i == 1 ? 0 : 5_000_000_000L * (i - 1));
            long longest = Math.min(5_000_000_000L, 100_000_000L << (i - 1));
            assertThat(wait).isBetween(longest / 2, longest);
        }
    }

    @Test
    void transport_thatThrows_isAFailureLikeAnyOther() {
        answers = request -> {
            if (requests.size() == 1) {
                throw new IllegalStateException("closed");
            }
            return takes(request);
        };
        joins("r2");
        loop.run(Duration.ofSeconds(1));

        assertThat(ranges()).containsExactly("0-0:0", "0-0:0");
        assertThat(meters.get("sandgate.events.replication.in.flight").gauge().value()).isZero();
    }

    @Test
    void peer_thatRefusesWhateverComes_isNotAskedWithoutARest() {
        happens(3);
        answers = request -> Optional.of(isAt(false, 0));
        joins("r2");
        loop.run(Duration.ofMillis(10));

        assertThat(requests).hasSize(2);
        loop.run(Duration.ofMinutes(1));
        assertThat(requests).hasSizeBetween(10, 40);
    }

    @Test
    void answer_thatComesAfterItsTimeout_changesNothing() {
        joins("r2");
        loop.run(Duration.ofMillis(5_200));
        assertThat(requests).hasSize(2);

        requests.getFirst().answer().complete(isAt(false, 0));
        loop.run();
        assertThat(requests).hasSize(2);
    }

    @Test
    void peers_thatDoNotAnswer_leaveRoomForTheOthers() {
        answers = request -> request.peer().equals("well") ? takes(request) : Optional.empty();
        joins("s1", "s2", "s3", "s4", "s5", "s6", "well");
        assertThat(requests).hasSize(4);
        loop.run(Duration.ofSeconds(12));
        happens(1);

        assertThat(requests).last().extracting(Request::peer).isEqualTo("well");
        assertThat(meters.get("sandgate.events.replication.in.flight").gauge().value()).isLessThanOrEqualTo(4);
        assertThat(requests.stream().filter(request -> !request.answer().isDone())
                .filter(request -> request.at() + 5_050_000_000L > loop.nanoTime())).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void lag_isThatOfThePeerFurthestBehind() {
        answers = request -> request.peer().equals("well") ? takes(request) : Optional.empty();
        joins("well", "slow");
        happens(7);

        assertThat(meters.get("sandgate.events.replication.lag").gauge().value()).isEqualTo(7);
        replication.onChange(new Left(member("slow", 1)));
        loop.run();
        assertThat(meters.get("sandgate.events.replication.lag").gauge().value()).isZero();
    }

    @Test
    void member_thatLeft_isSentNothingMoreAndGivesItsPermitBack() {
        joins("a", "b", "c", "d", "e");
        assertThat(requests).hasSize(4);
        replication.onChange(new Left(member("a", 1)));
        requests.getFirst().answer().complete(isAt(true, 0));
        loop.run();
        assertThat(requests).extracting(Request::peer).containsExactly("a", "b", "c", "d", "e");
        happens(1);
        assertThat(requests).hasSize(5);
    }

    @Test
    void member_thatLeftBeforeItsTurn_isSentNothing() {
        joins("a", "b", "c", "d", "e", "f");
        replication.onChange(new Left(member("e", 1)));
        requests.getFirst().answer().complete(isAt(true, 0));
        loop.run();

        assertThat(requests).extracting(Request::peer).containsExactly("a", "b", "c", "d", "f");
    }

    @Test
    void member_inALaterLife_isAskedAnewWhereItIs() {
        answers = ReplicationTest::takes;
        joins("r2");
        happens(2);
        replication.onChange(new Joined(member("r2", 2)));
        replication.onChange(new Joined(member("r2", 1)));
        loop.run();

        assertThat(ranges()).containsExactly("0-0:0", "0-2:2", "2-2:0");
    }

    @Test
    void close_whenDone_endsAllFeeds() {
        answers = ReplicationTest::takes;
        joins("r2");
        replication.close();
        loop.run();
        happens(3);
        joins("r3");

        assertThat(requests).hasSize(1);
    }
}
