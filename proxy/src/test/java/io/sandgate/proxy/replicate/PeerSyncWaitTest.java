package io.sandgate.proxy.replicate;

import io.sandgate.proxy.replicate.FakePeers.Behaviour;
import io.sandgate.proxy.replicate.SyncRig.Published;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.replicate.FakePeers.answer;
import static io.sandgate.proxy.replicate.FakePeers.hang;
import static io.sandgate.proxy.replicate.FakePeers.member;
import static io.sandgate.proxy.replicate.FakePeers.members;
import static io.sandgate.proxy.replicate.FakePeers.refuse;
import static io.sandgate.proxy.replicate.FakePeers.status;
import static io.sandgate.proxy.route.Routes.running;
import static org.assertj.core.api.Assertions.assertThat;

/// When the caller of a change is answered.
class PeerSyncWaitTest {

    private static Published first(Behaviour... behaviours) {
        SyncRig rig = new SyncRig(1);
        rig.join(members(behaviours.length));
        for (int peer = 1; peer <= behaviours.length; peer++) {
            rig.peers.behave(member(peer), behaviours[peer - 1]);
        }
        return rig.await(running("a", 1));
    }

    private static void assertAnswered(Published published, long afterMillis, int acknowledged) {
        assertThat(published.took()).isEqualTo(Duration.ofMillis(afterMillis));
        assertThat(published.result().acknowledged()).isEqualTo(acknowledged);
    }

    @Test
    void allHealthyPeersHaveIt_answersWithTheLastOfThem() {
        assertAnswered(first(answer(2), answer(31), answer(7)), 31, 3);
    }

    @Test
    void onePeerHasIt_answersWhenTheWaitIsOver() {
        assertAnswered(first(answer(2), hang(), hang()), 50, 1);
        assertAnswered(first(answer(49), hang()), 50, 1);
    }

    @Test
    void noPeerHasItYet_answersWithTheFirstOne() {
        assertAnswered(first(answer(120), hang(), answer(180)), 120, 1);
        // the second attempt: after the timeout of 200 ms and a sleep of 10 to 30 ms
        Published second = first(hang().times(1, answer(5)), hang());
        assertThat(second.took().toMillis()).isBetween(215L, 235L);
        assertThat(second.result().acknowledged()).isOne();
    }

    @Test
    void noPeerHasIt_answersAtThePeerDeadline() {
        assertAnswered(first(hang(), hang()), 600, 0);
    }

    @Test
    void everyPeerHasItOrFailed_answersAtOnce() {
        assertAnswered(first(answer(3), status(400)), 3, 1);
        assertAnswered(first(status(400), status(403)), 1, 0);
        assertThat(first(refuse(), refuse()).took().toMillis()).as("the sleeps of three attempts").isBetween(30L, 90L);
    }

    @Test
    void allPeersSlow_answersAtOnce() {
        SyncRig rig = new SyncRig(1);
        rig.join(members(2));
        rig.peers.behave(member(1), hang());
        rig.peers.behave(member(2), hang());
        rig.await(running("a", 1));
        rig.run(700);
        Published published = rig.await(running("b", 1));
        assertThat(published.took()).isZero();
        assertThat(published.result()).isEqualTo(new SyncResult(2, 0, 0));
        assertThat(rig.counter("sandgate.sync.unacknowledged")).isEqualTo(2);
    }

    @Test
    void slowPeerThatAnswers_isNotWaitedForWhileOthersAre() {
        SyncRig rig = new SyncRig(1);
        rig.join(members(2));
        rig.peers.behave(member(1), answer(120));
        for (int version = 1; version <= 5; version++) {
            rig.await(running("a", version));
            rig.run(1_300);
        }
        Published published = rig.await(running("a", 6));
        assertThat(published.result()).isEqualTo(new SyncResult(2, 1, 1));
        assertThat(published.took()).isEqualTo(Duration.ofMillis(2));
        rig.run(2_000);
        assertThat(rig.peers.table(member(1)).find("a")).as("but it gets the change").isEqualTo(running("a", 6));
    }

    @Test
    void callerOfACoalescedChange_countsEachPeerOnce() {
        SyncRig rig = new SyncRig(1, Budgets.oneAttemptThenProbes(Duration.ofMillis(1)));
        rig.join(members(2));
        rig.peers.behave(member(1), status(503).times(1, answer(2)));
        rig.peers.behave(member(2), hang());
        rig.publish(running("a", 1));
        // waits in the outbox while version 1 fails and is put back below it
        Published second = rig.await(running("a", 2));
        assertThat(second.took()).isEqualTo(Duration.ofMillis(50));
        assertThat(second.result()).isEqualTo(new SyncResult(2, 2, 1));
        assertThat(rig.peers.pushes(member(1))).hasSize(2);
    }

    @Test
    void metrics_sayHowLongCallersWaited() {
        SyncRig rig = new SyncRig(1);
        rig.join(members(2));
        rig.peers.behave(member(1), answer(20));
        rig.await(running("a", 1));
        var wait = rig.metrics.get("sandgate.sync.wait").timer();
        assertThat(wait.count()).isOne();
        assertThat(wait.max(TimeUnit.MILLISECONDS)).isEqualTo(20);
    }
}
