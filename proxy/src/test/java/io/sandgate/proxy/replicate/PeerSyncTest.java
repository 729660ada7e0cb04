package io.sandgate.proxy.replicate;

import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.FakePeers.Request;
import io.sandgate.proxy.replicate.SyncRig.Published;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.replicate.FakePeers.answer;
import static io.sandgate.proxy.replicate.FakePeers.fail;
import static io.sandgate.proxy.replicate.FakePeers.hang;
import static io.sandgate.proxy.replicate.FakePeers.hangDeaf;
import static io.sandgate.proxy.replicate.FakePeers.member;
import static io.sandgate.proxy.replicate.FakePeers.members;
import static io.sandgate.proxy.replicate.FakePeers.refuse;
import static io.sandgate.proxy.replicate.FakePeers.status;
import static io.sandgate.proxy.route.Routes.running;
import static org.assertj.core.api.Assertions.assertThat;

class PeerSyncTest {
    private final SyncRig rig = new SyncRig(1);
    private final FakePeers peers = rig.peers;

    private List<Member> joined(int count) {
        List<Member> members = members(count);
        rig.join(members);
        return members;
    }

    @Test
    void y1_withoutPeers_callerGoesOnAtOnce() {
        Published published = rig.await(running("a", 1));
        assertThat(published.took()).isZero();
        assertThat(published.result()).isEqualTo(new SyncResult(0, 0, 0));
        assertThat(rig.counter("sandgate.sync.unacknowledged")).isZero();
    }

    @Test
    void y2_allPeers_getTheChangeOnce() {
        List<Member> members = joined(5);
        Published published = rig.await(running("a", 1));
        assertThat(published.result()).isEqualTo(new SyncResult(5, 5, 5));
        rig.run(5_000);
        for (Member peer : members) {
            assertThat(peers.requests(peer)).singleElement().satisfies(request -> {
                assertThat(request.routes()).containsExactly(running("a", 1));
                assertThat(request.reconcile()).isFalse();
            });
            assertThat(peers.table(peer).find("a")).isEqualTo(running("a", 1));
        }
    }

    @Test
    void y3_onePeerFails_theOthersHaveItAndTheResultSaysSo() {
        List<Member> members = joined(3);
        peers.behave(members.getFirst(), status(500));
        Published published = rig.await(running("a", 1));
        assertThat(published.result()).isEqualTo(new SyncResult(3, 3, 2));
        assertThat(peers.table(members.get(1)).find("a")).isNotNull();
        assertThat(peers.table(members.get(2)).find("a")).isNotNull();
    }

    @Test
    void y4_status400_isSentOnceAndNamesTheStatus() {
        List<Member> members = joined(1);
        peers.behave(members.getFirst(), status(400));
        try (LogCapture log = new LogCapture(PeerOutbox.class)) {
            Published published = rig.await(running("a", 1));
            assertThat(published.result()).isEqualTo(new SyncResult(1, 1, 0));
            rig.run(5_000);
            assertThat(peers.requests(members.getFirst())).hasSize(1);
            assertThat(log.lines("peer.refused")).singleElement().asString().contains("status code: 400");
        }
        assertThat(rig.counter("sandgate.sync.dropped", "reason", "refused")).isOne();
        assertThat(new PeerRefusedException("p1", 400)).hasMessageContaining("status code: 400");
    }

    @Test
    void y5_500Twice_thenSuccess_isThreeRequestsAndASuccess() {
        List<Member> members = joined(1);
        peers.behave(members.getFirst(), status(500).times(2, answer(2)));
        Published published = rig.await(running("a", 1));
        assertThat(published.result().acknowledged()).isOne();
        assertThat(peers.requests(members.getFirst())).hasSize(3);
        assertThat(rig.counter("sandgate.sync.retries")).isEqualTo(2);
    }

    @Test
    void y6_peerThatLeavesBeforeItsTurn_getsNoRequestAndTheCallerIsAnswered() {
        SyncRig narrow = new SyncRig(1, Budgets.inFlight(1));
        List<Member> members = members(2);
        narrow.join(members);
        members.forEach(peer -> narrow.peers.behave(peer, answer(40)));
        Published published = narrow.publish(running("a", 1));
        narrow.run(1);
        Member waiting = members.stream().filter(peer -> narrow.peers.requests(peer).isEmpty()).findFirst()
                .orElseThrow();
        narrow.sync.leave(waiting);
        narrow.run(41);
        assertThat(published.result()).isEqualTo(new SyncResult(2, 2, 1));
        narrow.run(5_000);
        assertThat(narrow.peers.requests(waiting)).isEmpty();
        assertThat(narrow.inFlight()).isZero();
    }

    @Test
    void y8_transientErrors_areRetried_othersNot() {
        record Case(Throwable error, int requests) {}
        for (Case one : List.of(new Case(new PeerRefusedException("p", 429), 3),
                new Case(new PeerRefusedException("p", 500), 3), new Case(new PeerRefusedException("p", 503), 3),
                new Case(new java.net.ConnectException("refused"), 3),
                new Case(new java.util.concurrent.TimeoutException(), 3),
                new Case(new PeerRefusedException("p", 400), 1), new Case(new PeerRefusedException("p", 404), 1),
                new Case(new PeerRefusedException("p", 409), 1), new Case(new CancellationException(), 1),
                new Case(new SSLHandshakeException("untrusted"), 1),
                new Case(new IllegalStateException("closed"), 1))) {
            SyncRig fresh = new SyncRig(1);
            fresh.join(List.of(member(1)));
            fresh.peers.behave(member(1), fail(one.error()));
            Published published = fresh.publish(running("a", 1));
            fresh.run(500);
            assertThat(published.result().acknowledged()).isZero();
            assertThat(fresh.peers.requests(member(1))).as(one.error().toString()).hasSize(one.requests());
            assertThat(fresh.inFlight()).isZero();
        }
    }

    @Test
    void y11_oneOfThreePeersHangs_afterTheFirstFewOperationsNobodyWaitsForIt() {
        List<Member> members = joined(3);
        peers.behave(members.getFirst(), hang());
        List<Duration> waits = new ArrayList<>();
        for (int operation = 1; operation <= 200; operation++) {
            waits.add(rig.await(running("a", operation)).took());
            rig.run(5);
        }
        assertThat(waits.getFirst()).isEqualTo(Duration.ofMillis(50));
        assertThat(waits.subList(1, waits.size())).allMatch(wait -> wait.equals(Duration.ofMillis(2)));
        assertThat(rig.gauge("sandgate.sync.slow.peers")).isOne();
    }

    @Test
    void y11_operationsThatOverlap_waitAtMostTheSoftDeadlineWhileThePeerIsBecomingKnownAsSlow() {
        List<Member> members = joined(3);
        peers.behave(members.getFirst(), hang());
        List<Published> published = new ArrayList<>();
        for (int operation = 1; operation <= 300; operation++) {
            published.add(rig.publish(running("r" + operation, 1)));
            rig.run(1);
        }
        rig.run(1_000);
        assertThat(published).allMatch(one -> one.took().toMillis() <= 50);
        assertThat(published.subList(60, 300)).allMatch(one -> one.took().toMillis() <= 5);
    }

    @Test
    void y13_changesOfOneRouteWhileARequestIsUnderWay_areOneRequestWithTheNewestVersion() {
        List<Member> members = joined(1);
        peers.behave(members.getFirst(), answer(40));
        List<Published> published = new ArrayList<>();
        for (int version = 1; version <= 10; version++) {
            published.add(rig.publish(running("a", version)));
            rig.run(1);
        }
        rig.run(200);
        assertThat(peers.requests(members.getFirst())).extracting(Request::routes)
                .containsExactly(List.of(running("a", 1)), List.of(running("a", 10)));
        assertThat(published)
                .allMatch(one -> one.result().equals(new SyncResult(1, 1, 1)) || one.took().toMillis() <= 50);
        assertThat(rig.counter("sandgate.sync.retries")).isZero();
    }

    @Test
    void y13_olderVersionPublishedLater_doesNotReplaceTheNewer() {
        List<Member> members = joined(1);
        peers.behave(members.getFirst(), answer(20));
        rig.publish(running("busy", 1));
        rig.run(1);
        rig.publish(running("a", 7));
        rig.publish(running("a", 5));
        rig.run(200);
        assertThat(peers.requests(members.getFirst()).getLast().routes()).containsExactly(running("a", 7));
    }

    @Test
    void y13_manyRoutes_goInBatchesOfBoundedCountAndSize() {
        SyncRig small = new SyncRig(1, Budgets.batches(10, 1_500));
        List<Member> members = members(1);
        small.join(members);
        for (int route = 0; route < 95; route++) {
            small.publish(running("r" + route, 1));
        }
        small.run(2_000);
        List<Request> requests = small.peers.requests(members.getFirst());
        assertThat(requests).allMatch(request -> request.routes().size() <= 10);
        assertThat(requests.subList(1, requests.size())).allMatch(request -> bytes(request) <= 1_500);
        assertThat(requests.stream().mapToInt(request -> request.routes().size()).sum()).isEqualTo(95);
        assertThat(small.peers.table(members.getFirst()).size()).isEqualTo(95);
    }

    @Test
    void y13_routeLargerThanABatch_goesAlone() {
        SyncRig small = new SyncRig(1, Budgets.batches(10, 100));
        List<Member> members = members(1);
        small.join(members);
        for (int route = 0; route < 5; route++) {
            small.publish(running("r" + route, 1));
        }
        small.run(2_000);
        assertThat(small.peers.requests(members.getFirst())).hasSize(5)
                .allMatch(request -> request.routes().size() == 1);
    }

    private static int bytes(Request request) {
        return request.routes().stream().mapToInt(route -> EncodedRoute.of(route).json().length() + 1).sum();
    }

    @Test
    void y14_peerThatIsVisibleBeforeItListens_getsEverythingWithinAProbeOfListening() {
        List<Member> members = members(2);
        peers.behave(members.getFirst(), refuse());
        members.forEach(rig.sync::join);
        for (int operation = 1; operation <= 20; operation++) {
            rig.await(running("r" + operation, 1));
            rig.run(50);
        }
        assertThat(peers.table(members.getFirst()).size()).isZero();
        peers.behave(members.getFirst(), answer(2));
        rig.run(1_005);
        assertThat(peers.table(members.getFirst()).size()).isEqualTo(20);
        assertThat(peers.requests(members.getFirst()).getLast().reconcile()).as("and is told to fetch what was before")
                .isTrue();
    }

    @Test
    void y15_peerThatLeavesInMidFlight_isNotWaitedForAndItsPermitComesBack() {
        List<Member> members = joined(2);
        peers.behave(members.getFirst(), hang());
        Published published = rig.publish(running("a", 1));
        rig.run(10);
        assertThat(published.isAnswered()).isFalse();
        rig.sync.leave(members.getFirst());
        rig.run(0);
        assertThat(published.result()).isEqualTo(new SyncResult(2, 2, 1));
        assertThat(published.took()).isEqualTo(Duration.ofMillis(10));
        rig.run(5_000);
        assertThat(rig.inFlight()).isZero();
        assertThat(peers.requests(members.getFirst())).hasSize(1);
        assertThat(rig.await(running("a", 2)).result()).isEqualTo(new SyncResult(1, 1, 1));
    }

    @Test
    void y15_lastPeerLeavesInMidFlight_callerIsAnsweredAtOnce() {
        List<Member> members = joined(1);
        peers.behave(members.getFirst(), hangDeaf());
        Published published = rig.publish(running("a", 1));
        rig.run(10);
        rig.sync.leave(members.getFirst());
        rig.run(0);
        assertThat(published.result().acknowledged()).isZero();
        rig.run(1_000);
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void y15_peerLeavesBetweenTwoAttempts_itsPermitComesBack() {
        List<Member> members = joined(1);
        peers.behave(members.getFirst(), refuse());
        rig.publish(running("a", 1));
        rig.run(5);
        assertThat(rig.inFlight()).isOne();
        rig.sync.leave(members.getFirst());
        rig.run(1_000);
        assertThat(rig.inFlight()).isZero();
        assertThat(peers.requests(members.getFirst())).hasSize(1);
    }

    @Test
    void y16_whateverTheNetworkDoes_publishSucceeds() {
        PeerTransport broken = (peer, batch, reconcile, timeout) -> {
            throw new IllegalStateException("closed");
        };
        VirtualLoop loop = new VirtualLoop(1);
        PeerSync sync = new PeerSync(SyncBudget.DEFAULT, broken, loop, new java.util.Random(1),
                new io.micrometer.core.instrument.simple.SimpleMeterRegistry());
        members(3).forEach(sync::join);
        List<SyncResult> results = new ArrayList<>();
        for (int operation = 1; operation <= 10; operation++) {
            sync.publish(running("a", operation)).thenAccept(results::add);
            loop.run(Duration.ofMillis(100));
        }
        assertThat(results).hasSize(10).allMatch(result -> result.acknowledged() == 0);
    }

    @Test
    void join_newPeer_isToldToFetchWhatWasPublishedBefore() {
        rig.await(running("a", 1));
        rig.sync.join(member(1));
        rig.run(100);
        assertThat(peers.requests(member(1))).singleElement().satisfies(request -> {
            assertThat(request.reconcile()).isTrue();
            assertThat(request.routes()).isEmpty();
        });
    }

    @Test
    void join_sameLifeAtAnotherAddress_keepsWhatWaits() {
        joined(1);
        peers.behave(member(1), hang());
        Published published = rig.publish(running("a", 1));
        rig.run(10);
        rig.publish(running("b", 1));
        Member moved = new Member("p1", 1, new Endpoint("elsewhere.test", 7789), new Endpoint("elsewhere.test", 8080),
                member(1).state());
        rig.sync.join(moved);
        peers.behave(member(1), answer(2));
        rig.run(3_000);
        assertThat(peers.table(member(1)).size()).isEqualTo(2);
        assertThat(peers.requests(member(1)).getLast().peer()).isEqualTo(moved);
        assertThat(published.isAnswered()).isTrue();
    }

    @Test
    void join_newIncarnation_beginsAnewAndAnOlderOneIsStale() {
        joined(1);
        peers.behave(member(1), hang());
        Published published = rig.publish(running("a", 1));
        rig.run(10);
        rig.sync.join(member("p1", 2));
        rig.run(0);
        assertThat(published.isAnswered()).isTrue();
        rig.sync.join(member("p1", 1));
        rig.sync.leave(member("p1", 1));
        peers.behave(member(1), answer(2));
        rig.run(2_000);
        assertThat(rig.await(running("a", 2)).result()).isEqualTo(new SyncResult(1, 1, 1));
        assertThat(peers.requests(member(1)).getLast().peer().incarnation()).isEqualTo(2);
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void lateReplyOfAnAttemptThatWasGivenUp_isDropped() {
        joined(1);
        // the first attempt answers while the second is under way, which then hangs
        peers.behave(member(1), FakePeers.answerDeaf(Duration.ofMillis(260)).times(1, hang()));
        Published published = rig.publish(running("a", 1));
        rig.run(300);
        assertThat(peers.requests(member(1))).hasSize(2);
        assertThat(published.isAnswered()).as("by the answer to another attempt").isFalse();
        rig.run(500);
        assertThat(published.result().acknowledged()).isZero();
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void lostReply_changeIsSentAgainAndHarmless() {
        joined(1);
        peers.behave(member(1), FakePeers.loseReply().times(1, answer(2)));
        Published published = rig.await(running("a", 1));
        assertThat(published.result().acknowledged()).isOne();
        assertThat(peers.requests(member(1))).hasSize(2);
        assertThat(peers.table(member(1)).find("a")).isEqualTo(running("a", 1));
    }

    @Test
    void deletion_isPushedLikeAnyChange() {
        joined(1);
        rig.await(running("a", 1));
        Route dead = running("a", 1).dead(RouteVersion.of(2));
        rig.await(dead);
        assertThat(peers.table(member(1)).find("a")).isNull();
        assertThat(peers.table(member(1)).fenceCount()).isOne();
    }
}
