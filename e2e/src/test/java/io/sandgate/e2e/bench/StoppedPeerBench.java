package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/// What lifecycle calls pay for a peer whose process is stopped: as long as it is a member, and when it is none any more.
@Tag("bench")
class StoppedPeerBench {

    /// Well below the time after which a silent member is dropped.
    private static final Duration ROUND = Duration.ofSeconds(6);
    private static final Duration LONG_ROUND = Duration.ofSeconds(30);
    private static final int ROUNDS = Scale.of(20, 2);
    private static final int SANDBOXES = 100;
    private static final int DROPS = Scale.of(3, 1);
    private static final int SANDBOXES_WITHOUT = 340;
    private static final int WARM_UP = Scale.of(500, 50);
    private static final int FIRST = 2;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3)
            .expectInLogs(Progress.BUSY_MACHINE);

    @Test
    void lifecycle_withAStoppedPeer_isAsFastAsWithout() {
        Comparison member = new Comparison("three running", "one stopped");
        Comparison dropped = new Comparison("three running", "one dropped");
        ReplicaProcess stopped = cluster.replica(3);
        try (BenchClient client = new BenchClient(cluster.replica(1))) {
            Progress.say("stopped peer: %d sandboxes to warm up".formatted(2 * WARM_UP));
            Round.run(client, 2 * WARM_UP, LONG_ROUND);
            for (int round = 1; round <= ROUNDS; round++) {
                Progress.say("stopped peer: rounds %d of %d".formatted(round, ROUNDS));
                Health.awaitAllAwaited(client, cluster.others(cluster.replica(1)));
                member.addHealthy(Round.run(client, SANDBOXES, ROUND));
                stopped.sigstop();
                try {
                    member.addFirst(Round.run(client, FIRST, ROUND));
                    member.addBad(Round.run(client, SANDBOXES, ROUND));
                    assertThat(Health.members(client.replica())).as("members at the end of the round").isEqualTo(3);
                } finally {
                    stopped.sigcont();
                }
            }
            for (int round = 1; round <= DROPS; round++) {
                Progress.say("stopped peer: dropped %d of %d".formatted(round, DROPS));
                Health.awaitAllAwaited(client, cluster.others(cluster.replica(1)));
                dropped.addHealthy(Round.run(client, SANDBOXES_WITHOUT, LONG_ROUND));
                stopped.sigstop();
                try {
                    Health.awaitMembers(client.replica(), 2);
                    dropped.addBad(Round.run(client, SANDBOXES_WITHOUT, LONG_ROUND));
                } finally {
                    stopped.sigcont();
                }
                cluster.awaitTogether();
            }
        }
        Report report = new Report("stopped-peer", "One peer is stopped", "Three replicas; in every second round the "
                + "third one is stopped with SIGSTOP. A round is " + SANDBOXES + " sandboxes that one client creates, "
                + "pauses, resumes (`connect`) and kills on the first replica, one after the other, and ends before "
                + "the stopped replica is dropped from the membership; the first " + FIRST + " sandboxes after each "
                + "stop are counted apart. After that, rounds of " + SANDBOXES_WITHOUT + " with three members and with "
                + "two, since the stopped one has been dropped. A stopped replica leaves more processor to the others.");
        member.report(report);
        dropped.report(report);
        report.publish();
    }
}
