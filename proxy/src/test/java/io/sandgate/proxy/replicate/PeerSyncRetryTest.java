package io.sandgate.proxy.replicate;

import io.sandgate.proxy.replicate.FakePeers.Request;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.replicate.FakePeers.hang;
import static io.sandgate.proxy.replicate.FakePeers.member;
import static io.sandgate.proxy.replicate.FakePeers.refuse;
import static io.sandgate.proxy.route.Routes.running;
import static org.assertj.core.api.Assertions.assertThat;

/// What one request may cost.
class PeerSyncRetryTest {

    private static List<Request> attempts(SyncRig rig, FakePeers.Behaviour behaviour) {
        rig.join(List.of(member(1)));
        rig.peers.behave(member(1), behaviour);
        rig.publish(running("a", 1));
        rig.run(900);
        assertThat(rig.inFlight()).isZero();
        return rig.peers.requests(member(1));
    }

    @Test
    void sleeps_growAndStayWithinTheJitter() {
        TreeSet<Long> first = new TreeSet<>();
        TreeSet<Long> second = new TreeSet<>();
        for (long seed = 1; seed <= 300; seed++) {
            List<Request> attempts = attempts(new SyncRig(seed), refuse());
            assertThat(attempts).hasSize(3);
            first.add(attempts.get(1).at() - attempts.get(0).at());
            second.add(attempts.get(2).at() - attempts.get(1).at());
        }
        assertThat(first.first()).isBetween(10L, 13L);
        assertThat(first.last()).isBetween(27L, 30L);
        assertThat(second.first()).isBetween(20L, 24L);
        assertThat(second.last()).isBetween(56L, 60L);
    }

    @Test
    void sleeps_withoutJitter_areExact() {
        List<Request> attempts = attempts(new SyncRig(1, Budgets.jitter(0)), refuse());
        assertThat(attempts).extracting(attempt -> attempt.at() - attempts.getFirst().at()).containsExactly(0L, 20L,
                60L);
    }

    @Test
    void peerDeadline_clipsTheLastAttempt() {
        List<Request> attempts = attempts(new SyncRig(1), hang());
        assertThat(attempts).hasSize(3);
        assertThat(attempts.get(0).timeout()).isEqualTo(Duration.ofMillis(200));
        assertThat(attempts.get(1).timeout()).isEqualTo(Duration.ofMillis(200));
        long spent = attempts.get(2).at() - attempts.getFirst().at();
        assertThat(attempts.get(2).timeout()).isEqualTo(Duration.ofMillis(600 - spent))
                .isLessThan(Duration.ofMillis(200));
    }

    @Test
    void peerDeadline_leavesOutAnAttemptThatWouldBeginAfterIt() {
        SyncBudget tight = Budgets.deadline(Duration.ofMillis(200), Duration.ofMillis(205));
        assertThat(attempts(new SyncRig(1, tight), hang())).hasSize(1);
    }

    @Test
    void y9_sleepsOfAllAttempts_areLessThanOneRequestTimeout() {
        for (long seed = 1; seed <= 100; seed++) {
            List<Request> attempts = attempts(new SyncRig(seed), refuse());
            assertThat(attempts.getLast().at() - attempts.getFirst().at())
                    .isLessThan(SyncBudget.DEFAULT.requestTimeout().toMillis());
        }
    }
}
