package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.FakePeers.Request;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.replicate.FakePeers.answer;
import static io.sandgate.proxy.replicate.FakePeers.fail;
import static io.sandgate.proxy.replicate.FakePeers.hang;
import static io.sandgate.proxy.replicate.FakePeers.member;
import static io.sandgate.proxy.replicate.FakePeers.refuse;
import static io.sandgate.proxy.replicate.FakePeers.status;
import static io.sandgate.proxy.route.Routes.running;
import static org.assertj.core.api.Assertions.assertThat;

/// How a peer becomes slow, is probed, recovers, and what it gets then.
class PeerSyncSlowPeerTest {
    private final SyncRig rig = new SyncRig(7);
    private final Member peer = member(1);
    private final LogCapture log = new LogCapture(PeerOutbox.class);

    PeerSyncSlowPeerTest() {
        rig.join(List.of(peer));
    }

    @AfterEach
    void stopCapture() {
        log.close();
    }

    private List<Request> requests() {
        return rig.peers.requests(peer);
    }

    private double slowPeers() {
        return rig.gauge("sandgate.sync.slow.peers");
    }

    @Test
    void hungPeer_isSlowAfterThreeLateRequestsAndSaysSoOnce() {
        rig.peers.behave(peer, hang());
        rig.publish(running("a", 1));
        rig.run(449);
        assertThat(slowPeers()).isZero();
        rig.run(10_000);
        assertThat(slowPeers()).isOne();
        assertThat(log.lines("peer.slow")).singleElement().asString().startsWith("WARN").contains("cause=late");
    }

    @Test
    void peerThatAnswersLate_isSlowAfterThreeAndSaysSoOnce() {
        rig.peers.behave(peer, answer(80));
        for (int version = 1; version <= 2; version++) {
            rig.await(running("a", version));
            rig.run(100);
        }
        assertThat(slowPeers()).isZero();
        rig.await(running("a", 3));
        rig.run(10_000);
        assertThat(slowPeers()).isOne();
        assertThat(requests()).as("three changes, and a probe each second").hasSizeBetween(11, 13);
        assertThat(log.lines("peer.slow")).hasSize(1);
    }

    @Test
    void answersInTime_startTheCountAnew() {
        for (int version = 1; version <= 12; version++) {
            rig.peers.behave(peer, version % 3 == 0 ? answer(5) : answer(80));
            rig.await(running("a", version));
            rig.run(100);
        }
        assertThat(slowPeers()).isZero();
        assertThat(log.lines("peer.slow")).isEmpty();
    }

    @Test
    void oneAttempt_countsOnceWhetherItIsLateOrFails() {
        // fails at exactly the moment in which it becomes late, whichever of the two comes first
        for (long seed = 1; seed <= 50; seed++) {
            SyncRig tied = new SyncRig(seed);
            tied.join(List.of(peer));
            tied.peers.behave(peer, request -> new FakePeers.Reaction(null, Duration.ofMillis(50),
                    new PeerRefusedException("p1", 503), false));
            tied.publish(running("a", 1));
            tied.run(149);
            assertThat(tied.gauge("sandgate.sync.slow.peers")).as("seed %d, two attempts", seed).isZero();
            tied.run(150);
            assertThat(tied.gauge("sandgate.sync.slow.peers")).as("seed %d, three attempts", seed).isOne();
        }
    }

    @Test
    void slowPeer_isProbedEachSecondWithOneAttempt() {
        rig.peers.behave(peer, hang());
        rig.publish(running("a", 1));
        rig.run(700);
        int before = requests().size();
        assertThat(before).isEqualTo(3);
        rig.run(12_000);
        List<Request> probes = requests().subList(before, requests().size());
        assertThat(probes).as("one second after each timeout of 200 ms").hasSize(10);
        for (int i = 1; i < probes.size(); i++) {
            assertThat(probes.get(i).at() - probes.get(i - 1).at()).isEqualTo(1_200);
        }
        assertThat(probes).allMatch(probe -> probe.routes().equals(List.of(running("a", 1))));
    }

    @Test
    void slowPeerThatAnswers_recoversWithTheNextProbeAndSaysSoOnce() {
        rig.peers.behave(peer, refuse());
        rig.publish(running("a", 1));
        rig.run(5_000);
        rig.peers.behave(peer, answer(2));
        rig.run(1_003);
        assertThat(slowPeers()).isZero();
        assertThat(rig.peers.table(peer).find("a")).isEqualTo(running("a", 1));
        int before = requests().size();
        assertThat(rig.await(running("a", 2)).result()).isEqualTo(new SyncResult(1, 1, 1));
        rig.run(5_000);
        assertThat(log.lines("peer.slow")).hasSize(1);
        assertThat(log.lines("peer.recovered")).singleElement().asString().startsWith("INFO");
        assertThat(requests()).as("nobody probes a healthy peer").hasSize(before + 1);
    }

    @Test
    void slowPeerWithNothingWaiting_isProbedWithAnEmptyBatch() {
        rig.peers.behave(peer, answer(80));
        for (int version = 1; version <= 3; version++) {
            rig.await(running("a", version));
            rig.run(100);
        }
        assertThat(slowPeers()).isOne();
        rig.peers.behave(peer, answer(2));
        rig.run(1_100);
        assertThat(slowPeers()).isZero();
        assertThat(requests().getLast().routes()).isEmpty();
        assertThat(requests().getLast().reconcile()).isFalse();
    }

    @Test
    void changesForASlowPeer_waitCoalescedAndAllArrive() {
        rig.peers.behave(peer, hang());
        for (int version = 1; version <= 50; version++) {
            for (int route = 0; route < 20; route++) {
                rig.publish(running("r" + route, version));
            }
            rig.run(20);
        }
        assertThat(rig.gauge("sandgate.sync.outbox.routes")).isLessThanOrEqualTo(20);
        rig.peers.behave(peer, answer(2));
        rig.run(1_500);
        assertThat(rig.peers.table(peer).routes()).hasSize(20).allMatch(route -> route.version().longValue() == 50);
        assertThat(rig.gauge("sandgate.sync.outbox.routes")).isZero();
    }

    @Test
    void failedTlsHandshake_isNotRetriedAtOnceButTheChangeIsNotLost() {
        rig.peers.behave(peer, fail(new SSLHandshakeException("expired")));
        rig.publish(running("a", 1));
        rig.run(500);
        assertThat(requests()).hasSize(1);
        rig.peers.behave(peer, answer(2));
        rig.run(1_000);
        assertThat(rig.peers.table(peer).find("a")).isEqualTo(running("a", 1));
    }

    @Test
    void peerThatRefusesThisReplica_isToldToFetchOnceItNoLongerDoes() {
        rig.peers.behave(peer, status(403));
        rig.publish(running("a", 1));
        rig.run(10_000);
        assertThat(requests()).as("tried each second and not in a busy loop").hasSizeBetween(9, 11);
        rig.peers.behave(peer, answer(2));
        rig.run(1_100);
        assertThat(requests().getLast().reconcile()).isTrue();
    }

    @Test
    void refusedRoute_doesNotSpoilThePeerNorTheOthers() {
        rig.peers.behave(peer, status(400).times(1, answer(2)));
        rig.await(running("bad", 1));
        assertThat(rig.await(running("good", 1)).result()).isEqualTo(new SyncResult(1, 1, 1));
        rig.run(5_000);
        assertThat(requests()).hasSize(2).noneMatch(Request::reconcile);
    }

    @Test
    void refusedBatch_isFetched() {
        rig.peers.behave(peer, answer(20));
        rig.publish(running("busy", 1));
        rig.run(1);
        rig.peers.behave(peer, status(413).times(1, answer(2)));
        rig.publish(running("a", 1));
        rig.publish(running("b", 1));
        rig.run(3_000);
        assertThat(requests()).hasSize(3);
        assertThat(requests().getLast().reconcile()).isTrue();
    }

    @Test
    void fullOutbox_isDroppedAndTheMarkIsCarriedUntilARequestWithItSucceeds() {
        SyncRig small = new SyncRig(3, Budgets.outbox(5));
        small.join(List.of(peer));
        small.peers.behave(peer, hang());
        for (int route = 0; route < 12; route++) {
            small.publish(running("r" + route, 1));
            small.run(1);
        }
        assertThat(small.gauge("sandgate.sync.outbox.routes")).isLessThanOrEqualTo(5);
        assertThat(small.counter("sandgate.sync.dropped", "reason", "overflow")).isPositive();
        small.run(5_000);
        assertThat(log.lines("outbox.full")).hasSize(1);
        List<Request> later = small.peers.requests(peer).subList(3, small.peers.requests(peer).size());
        assertThat(later).isNotEmpty().allMatch(Request::reconcile);
        small.peers.behave(peer, answer(2));
        small.run(1_300);
        assertThat(small.await(running("z", 1)).result().acknowledged()).isOne();
        assertThat(small.peers.requests(peer).getLast().reconcile()).isFalse();
    }

    @Test
    void outboxThatIsFullAgainWhileAMarkedRequestIsUnderWay_staysMarked() {
        SyncRig small = new SyncRig(3, Budgets.outbox(2));
        small.join(List.of(peer));
        small.peers.behave(peer, answer(40));
        for (int route = 0; route < 4; route++) {
            small.publish(running("r" + route, 1));
            small.run(0);
        }
        small.run(45);
        assertThat(small.peers.requests(peer).getLast().reconcile()).as("the marked one is under way").isTrue();
        int marked = small.peers.requests(peer).size();
        for (int route = 10; route < 14; route++) {
            small.publish(running("r" + route, 1));
            small.run(0);
        }
        small.run(300);
        assertThat(small.peers.requests(peer).size()).isGreaterThan(marked);
        assertThat(small.peers.requests(peer).get(marked).reconcile()).as("and the next is marked again").isTrue();
        assertThat(small.peers.requests(peer).getLast().at()).isLessThan(1_400);
    }

    @Test
    void overflow_tellsTheCallersAtOnce() {
        SyncRig small = new SyncRig(3, Budgets.outbox(1));
        small.join(List.of(peer));
        small.peers.behave(peer, answer(40));
        small.publish(running("r0", 1));
        small.run(0);
        var first = small.publish(running("r1", 1));
        var second = small.publish(running("r2", 1));
        small.run(0);
        assertThat(first.result().acknowledged()).isZero();
        assertThat(second.result().acknowledged()).isZero();
    }
}
