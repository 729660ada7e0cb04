package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.SyncRig.Published;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.replicate.FakePeers.answer;
import static io.sandgate.proxy.replicate.FakePeers.hang;
import static io.sandgate.proxy.replicate.FakePeers.members;
import static io.sandgate.proxy.route.Routes.running;
import static org.assertj.core.api.Assertions.assertThat;

/// The bound on requests in flight, whatever is going on.
class PeerSyncBoundsTest {

    @Test
    void y10_twoHundredPeers_neverMoreThanTheBoundInFlightAndMoreThanOne() {
        SyncRig rig = new SyncRig(1);
        List<Member> members = members(200);
        rig.join(members);
        Published published = rig.await(running("a", 1));
        assertThat(rig.peers.peakInFlight()).isEqualTo(64);
        assertThat(published.result()).isEqualTo(new SyncResult(200, 200, 200));
        assertThat(published.took()).as("four rounds of 2 ms").isEqualTo(Duration.ofMillis(8));
    }

    @Test
    void y10_thousandChangesAtOnceToTwoHundredPeers_noneIsLostAndOneRequestPerPeerAtATime() {
        SyncRig rig = new SyncRig(1);
        List<Member> members = members(200);
        rig.join(members);
        List<Published> published = new ArrayList<>();
        for (int route = 0; route < 1_000; route++) {
            published.add(rig.publish(running("r" + route, 1)));
        }
        rig.run(2_000);
        assertThat(published).allMatch(Published::isAnswered);
        assertThat(rig.peers.peakInFlight()).isEqualTo(64);
        for (Member peer : members) {
            assertThat(rig.peers.peakInFlight(peer)).isOne();
            assertThat(rig.peers.table(peer).size()).isEqualTo(1_000);
            assertThat(rig.peers.requests(peer)).as("batches, not one request for each").hasSizeLessThanOrEqualTo(3);
        }
        assertThat(rig.inFlight()).isZero();
    }

    @Test
    void y12_manyOperationsAtOnce_shareOneBoundWithTheSlowOnesShareInsideIt() {
        SyncRig rig = new SyncRig(5);
        List<Member> members = members(200);
        rig.join(members);
        List<Member> hung = members.subList(0, 40);
        hung.forEach(peer -> rig.peers.behave(peer, hang()));
        for (int operation = 0; operation < 3; operation++) {
            rig.publish(running("warm" + operation, 1));
            rig.run(900);
        }
        assertThat(rig.gauge("sandgate.sync.slow.peers")).isEqualTo(40);
        List<Published> published = new ArrayList<>();
        int[] peakOfSlow = {0};
        hung.forEach(peer -> rig.peers.behave(peer, request -> {
            peakOfSlow[0] = Math.max(peakOfSlow[0],
                    1 + (int) hung.stream().filter(other -> rig.peers.inFlight(other) > 0).count());
            return hang().to(request);
        }));
        for (int operation = 0; operation < 500; operation++) {
            published.add(rig.publish(running("r" + operation, 1)));
            rig.run(3);
            assertThat(rig.inFlight()).isLessThanOrEqualTo(64);
        }
        rig.run(2_000);
        assertThat(rig.peers.peakInFlight()).isLessThanOrEqualTo(64);
        assertThat(peakOfSlow[0]).isBetween(2, 9);
        assertThat(published).allMatch(one -> one.took().toMillis() <= 50);
        for (Member peer : members.subList(40, 200)) {
            assertThat(rig.peers.table(peer).size()).isEqualTo(503);
        }
    }

    @Test
    void slowPeers_areProbedAlsoWhileHealthyOnesKeepEveryPermitBusy() {
        SyncRig rig = new SyncRig(5, Budgets.inFlight(4));
        List<Member> members = members(12);
        rig.join(members);
        Member slow = members.getFirst();
        rig.peers.behave(slow, hang());
        rig.publish(running("a", 1));
        rig.run(900);
        rig.peers.behave(slow, answer(2));
        members.subList(1, 12).forEach(peer -> rig.peers.behave(peer, answer(30)));
        for (int operation = 0; operation < 2_000; operation++) {
            rig.publish(running("r" + operation, 1));
            rig.run(1);
        }
        assertThat(rig.gauge("sandgate.sync.slow.peers")).isZero();
        assertThat(rig.peers.table(slow).find("a")).isNotNull();
    }

    @Test
    void boundOfOne_stillServesEveryPeer() {
        SyncRig rig = new SyncRig(5, Budgets.inFlight(1));
        List<Member> members = members(5);
        rig.join(members);
        rig.peers.behave(members.getFirst(), hang());
        for (int operation = 0; operation < 50; operation++) {
            rig.publish(running("r" + operation, 1));
            rig.run(100);
        }
        rig.run(3_000);
        assertThat(rig.peers.peakInFlight()).isOne();
        for (Member peer : members.subList(1, 5)) {
            assertThat(rig.peers.table(peer).size()).isEqualTo(50);
        }
    }

    @Test
    void pauseWhileARequestIsSent_doesNotGiveItsPermitBackWhileItIsInFlight() {
        SyncRig rig = new SyncRig(5, Budgets.inFlight(2));
        List<Member> members = members(6);
        rig.join(members);
        members.forEach(peer -> rig.peers.behave(peer, request -> {
            rig.loop.stall(Duration.ofMillis(50));
            return hang().to(request);
        }));
        rig.publish(running("a", 1));
        rig.run(5_000);
        assertThat(rig.peers.peakInFlight()).isEqualTo(2);
        members.forEach(peer -> assertThat(rig.peers.peakInFlight(peer)).isOne());
    }
}
