package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What lifecycle calls pay for a peer that takes 5 s to answer a route change.
@Tag("bench")
class SlowPeerBench {

    private static final Duration DELAY = Duration.ofSeconds(5);
    private static final Duration ROUND = Duration.ofSeconds(20);
    private static final int ROUNDS = Scale.of(20, 2);
    private static final int SANDBOXES = 100;
    private static final int WARM_UP = Scale.of(500, 50);
    private static final int FIRST = 2;

    @AutoClose
    private static final PeerRelays relays = new PeerRelays();

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).each(relays::before)
            .expectInLogs(Progress.BUSY_MACHINE);

    @Test
    void lifecycle_withASlowPeer_isAsFastAsWithout() {
        Comparison comparison = new Comparison("three healthy", "one slow");
        PeerRelay relay = relays.of("replica-3");
        try (BenchClient client = new BenchClient(cluster.replica(1))) {
            Progress.say("slow peer: %d sandboxes to warm up".formatted(2 * WARM_UP));
            Round.run(client, WARM_UP, ROUND);
            relay.delayRefresh(DELAY);
            Round.run(client, WARM_UP, ROUND);
            for (int round = 1; round <= ROUNDS; round++) {
                Progress.say("slow peer: rounds %d of %d".formatted(round, ROUNDS));
                relay.delayRefresh(Duration.ZERO);
                Health.awaitAllAwaited(client, cluster.others(cluster.replica(1)));
                comparison.addHealthy(Round.run(client, SANDBOXES, ROUND));
                relay.delayRefresh(DELAY);
                comparison.addFirst(Round.run(client, FIRST, ROUND));
                comparison.addBad(Round.run(client, SANDBOXES, ROUND));
                Health.awaitSlow(client.replica(), 1);
            }
            relay.delayRefresh(Duration.ZERO);
            Health.awaitAllAwaited(client, cluster.others(cluster.replica(1)));
        }
        Report report = new Report("slow-peer", "One peer is slow",
                "Three replicas, each behind a relay in front of its "
                        + "peer listener; the third one's relay delays `POST /refresh` and `/refresh/batch` by 5 s in every "
                        + "second round. A round is " + SANDBOXES
                        + " sandboxes that one client creates, pauses, resumes "
                        + "(`connect`) and kills on the first replica, one after the other. The first " + FIRST
                        + " sandboxes after each stall are counted apart.");
        comparison.report(report);
        report.publish();
    }
}
