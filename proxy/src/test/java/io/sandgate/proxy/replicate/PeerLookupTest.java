package io.sandgate.proxy.replicate;

import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.PeerLookup.Limits;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.route.Routes.key;
import static io.sandgate.proxy.route.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

class PeerLookupTest {
    private final SyncRig rig = new SyncRig(1);
    private final FakeFetch fetch = new FakeFetch(rig.loop);
    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
            AddressRanges.of(List.of("127.64.0.0/10")), rig.loop::nanoTime);
    private List<Member> members = FakePeers.members(3);
    private PeerLookup lookup = lookup(Limits.DEFAULT);

    PeerLookupTest() {
        members.forEach(peer -> fetch.answer(peer, List::of, 10));
    }

    private PeerLookup lookup(Limits limits) {
        return new PeerLookup("self", table, () -> members, fetch, rig.sync, rig.loop, limits, rig.loop::nanoTime,
                rig.metrics);
    }

    /// A question and its answer.
    private final class Asked {
        private @Nullable Route route;
        private long answeredAt = -1;

        Asked(String id) {
            lookup.find(id).whenComplete((found, error) -> {
                assertThat(error).isNull();
                route = found;
                answeredAt = rig.loop.millis();
            });
        }

        long millis() {
            return answeredAt;
        }

        @Nullable
        Route route() {
            assertThat(answeredAt).isNotNegative();
            return route;
        }
    }

    private static Route of(String name) {
        return route(name, name, 3, "p1");
    }

    private double count(String outcome) {
        return rig.counter("sandgate.proxy.lookups", "outcome", outcome);
    }

    @Test
    void knownRoute_asksNobody() {
        table.upsert(of("a"));
        assertThat(new Asked("a").route()).isEqualTo(of("a"));
        rig.run(100);
        assertThat(fetch.questions()).isEmpty();
    }

    @Test
    void routeAtOnePeer_isFoundAndKept() {
        fetch.answer(members.get(1), () -> List.of(of("a")), 4);
        Asked asked = new Asked("a");
        rig.run(100);
        assertThat(asked.route()).isEqualTo(of("a"));
        assertThat(asked.millis()).as("with the first that has it").isEqualTo(4);
        assertThat(table.find("a")).isEqualTo(of("a"));
        assertThat(count("found")).isOne();
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void withoutPeers_isUnknownAtOnce() {
        members = List.of();
        assertThat(new Asked("a").route()).isNull();
        assertThat(count("alone")).isOne();
    }

    @Test
    void questionsForTheSameId_areJoinedAndOneCallersCancelIsItsOwn() {
        fetch.answer(members.getFirst(), () -> List.of(of("a")), 10);
        Asked first = new Asked("a");
        lookup.find("a").toCompletableFuture().cancel(true);
        Asked second = new Asked("a");
        rig.run(100);
        assertThat(first.route()).isEqualTo(of("a"));
        assertThat(second.route()).isEqualTo(of("a"));
        assertThat(fetch.questions()).hasSize(3);
    }

    @Test
    void idThatAllPeersDeny_isNotAskedForAgainForAWhile() {
        Asked asked = new Asked("a");
        rig.run(20);
        assertThat(asked.route()).isNull();
        assertThat(asked.millis()).isEqualTo(10);
        assertThat(new Asked("a").route()).isNull();
        assertThat(fetch.questions()).hasSize(3);
        assertThat(count("cached")).isOne();
        rig.run(500);
        new Asked("a");
        rig.run(20);
        assertThat(fetch.questions()).hasSize(6);
    }

    @Test
    void idThatArrivesWhileItIsDenied_isFound() {
        new Asked("a");
        rig.run(20);
        table.upsert(of("a"));
        assertThat(new Asked("a").route()).isEqualTo(of("a"));
    }

    @Test
    void idThatOnePeerDidNotAnswerFor_isAskedForAgain() {
        fetch.fail(members.get(2), List.of(), 5, new IOException("reset"));
        Asked asked = new Asked("a");
        rig.run(20);
        assertThat(asked.route()).isNull();
        new Asked("a");
        rig.run(20);
        assertThat(fetch.questions()).hasSize(6);
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void peerThatTakesTooLong_isWaitedForUntilTheDeadlineAndItsAnswerIsStillUseful() {
        fetch.answer(members.getFirst(), () -> List.of(of("a")), 600);
        Asked asked = new Asked("a");
        rig.run(500);
        assertThat(asked.route()).isNull();
        assertThat(asked.millis()).isEqualTo(400);
        rig.run(200);
        assertThat(table.find("a")).isEqualTo(of("a"));
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void routePushedWhileTheQuestionIsOpen_isTheAnswerAtTheDeadline() {
        members.forEach(peer -> fetch.answer(peer, List::of, 600));
        Asked asked = new Asked("a");
        rig.run(100);
        table.upsert(of("a"));
        rig.run(400);
        assertThat(asked.route()).isEqualTo(of("a"));
    }

    @Test
    void routeThatWasDeletedHere_isNotBroughtBack() {
        table.upsert(of("a"));
        table.delete(key("a"), RouteVersion.of(4), "p1");
        members.forEach(peer -> fetch.answer(peer, () -> List.of(of("a")), 5));
        Asked asked = new Asked("a");
        rig.run(100);
        assertThat(asked.route()).isNull();
        assertThat(table.size()).isZero();
    }

    @Test
    void ownRouteThatAPeerStillHas_isNotBroughtBack() {
        Route own = route("a", "a", 3, "self");
        fetch.answer(members.getFirst(), () -> List.of(own), 5);
        Asked asked = new Asked("a");
        rig.run(100);
        assertThat(asked.route()).isNull();
        assertThat(table.size()).isZero();
    }

    @Test
    void answerToAnotherQuestion_isNotTaken() {
        RouteFetch lying = new RouteFetch() {
            @Override
            public CompletionStage<Void> routes(Member peer, String authority, Consumer<Route> each) {
                throw new AssertionError("no list is asked for");
            }

            @Override
            public CompletionStage<@Nullable Route> route(Endpoint peer,
                    String id) {
                return CompletableFuture.completedFuture(of("other"));
            }
        };
        PeerLookup asking = new PeerLookup("self", table, () -> members, lying, rig.sync, rig.loop, Limits.DEFAULT,
                rig.loop::nanoTime, rig.metrics);
        var answer = asking.find("a").toCompletableFuture();
        rig.run(100);
        assertThat(answer).isCompletedWithValue(null);
        assertThat(table.size()).isZero();
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void fetchThatThrows_isAPeerThatDidNotAnswer() {
        members = List.of(FakePeers.member(77), members.getFirst());
        fetch.answer(FakePeers.member(1), () -> List.of(of("a")), 5);
        Asked asked = new Asked("a");
        rig.run(100);
        assertThat(asked.route()).isEqualTo(of("a"));
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void twoHundredPeers_areAllAskedButOnlyAFewAtOnce() {
        members = FakePeers.members(200);
        members.forEach(peer -> fetch.answer(peer, List::of, 2));
        fetch.answer(members.getLast(), () -> List.of(of("a")), 2);
        Asked asked = new Asked("a");
        rig.run(500);
        assertThat(asked.route()).isEqualTo(of("a"));
        assertThat(asked.millis()).isEqualTo(50);
        assertThat(fetch.peakOpen()).isEqualTo(8);
    }

    @Test
    void answeredQuestion_asksNoFurtherPeers() {
        members = FakePeers.members(200);
        members.forEach(peer -> fetch.answer(peer, List::of, 2));
        fetch.answer(members.getFirst(), () -> List.of(of("a")), 1);
        new Asked("a");
        rig.run(500);
        assertThat(fetch.questions()).hasSize(8);
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void manyQuestionsToAHungPeer_leavePermitsForPushes() {
        rig.join(members);
        fetch.answer(members.getFirst(), List::of, 300);
        for (int id = 0; id < 250; id++) {
            new Asked("bogus" + id);
        }
        rig.run(1);
        assertThat(rig.inFlight()).isLessThanOrEqualTo(16);
        assertThat(rig.await(route("a", "a", 1, "self")).took()).isEqualTo(Duration.ofMillis(2));
        rig.run(10_000);
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void slowPeer_isNotAskedAndNothingIsConcludedFromThat() {
        rig.join(members);
        Member slow = members.getFirst();
        rig.peers.behave(slow, FakePeers.refuse());
        rig.await(route("x", "x", 1, "self"));
        rig.run(500);
        assertThat(rig.gauge("sandgate.sync.slow.peers")).isOne();
        Asked asked = new Asked("a");
        rig.run(50);
        assertThat(asked.route()).isNull();
        assertThat(fetch.questions()).doesNotContain(slow.peer()).hasSize(2);
        new Asked("a");
        rig.run(50);
        assertThat(fetch.questions()).as("asked again: the slow one might have it").hasSize(4);
    }

    @Test
    void tooManyQuestions_areMissesAndTheOpenOnesCanStillBeJoined() {
        lookup = lookup(new Limits(Duration.ofMillis(400), Duration.ofMillis(500), 10, 2));
        Asked first = new Asked("a");
        new Asked("b");
        Asked refused = new Asked("c");
        assertThat(refused.route()).isNull();
        assertThat(count("busy")).isOne();
        fetch.answer(members.getFirst(), () -> List.of(of("a")), 10);
        Asked joined = new Asked("a");
        rig.run(100);
        assertThat(first.route()).isEqualTo(of("a"));
        assertThat(Objects.requireNonNull(joined.route()).id()).isEqualTo("a");
        assertThat(count("busy")).isOne();
    }
}
