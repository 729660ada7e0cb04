package io.sandgate.membership;

import io.sandgate.membership.Discovery.Listed;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ClusterSettingsTest {
    private static final Endpoint SELF = new Endpoint("127.0.0.1", 7800);
    private static final Endpoint OTHER = new Endpoint("127.0.0.1", 7801);
    private static final ClusterTimers TUNED = ClusterTimers.tuned();

    @Test
    void members_containTheOwnListenerOnce() {
        assertThat(ClusterSettings.of(SELF, List.of()).discovery()).isEqualTo(new Listed(List.of(SELF)));
        assertThat(ClusterSettings.of(SELF, List.of(OTHER, SELF, OTHER)).discovery())
                .isEqualTo(new Listed(List.of(SELF, OTHER)));
    }

    @Test
    void defaults_areTheMeasuredOnes() {
        assertThat(ClusterSettings.of(SELF, List.of()))
                .isEqualTo(new ClusterSettings(SELF, new Listed(List.of()), "sandgate", Duration.ofSeconds(10),
                        new ClusterTimers(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(8),
                                Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofSeconds(1),
                                Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(60))));
    }

    @Test
    void settings_outsideTheirRange_areNamed() {
        assertThatThrownBy(() -> new Listed(Collections.nCopies(1001, OTHER)))
                .hasMessageStartingWith("sandgate.cluster.members: 1001 entries");
        assertThatThrownBy(() -> new ClusterSettings(SELF, new Listed(List.of()), " ", Duration.ofSeconds(30), TUNED))
                .hasMessageStartingWith("sandgate.cluster.name:");
        assertThatThrownBy(() -> new ClusterSettings(SELF, new Listed(List.of()), "n", Duration.ofSeconds(1), TUNED))
                .hasMessageStartingWith("sandgate.cluster.join-timeout: PT1S (expected: more than");
        assertThatThrownBy(() -> new ClusterTimers(Duration.ZERO, TUNED.discovery(), TUNED.failureTimeout(),
                TUNED.failureInterval(), TUNED.verify(), TUNED.mergeMin(), TUNED.mergeMax(), TUNED.routable(),
                TUNED.dead()))
                .hasMessageStartingWith("sandgate.cluster.heartbeat: PT0S");
        assertThatThrownBy(() -> new ClusterTimers(TUNED.heartbeat(), TUNED.discovery(), Duration.ofSeconds(2),
                Duration.ofSeconds(2), TUNED.verify(), TUNED.mergeMin(), TUNED.mergeMax(), TUNED.routable(),
                TUNED.dead()))
                .hasMessageStartingWith("sandgate.cluster.failure-timeout: PT2S");
        assertThatThrownBy(() -> timeouts(Duration.ofSeconds(2), TUNED.dead()))
                .hasMessage("sandgate.cluster.routable-timeout: PT2S (expected: more than twice "
                        + "sandgate.cluster.heartbeat, PT1S)");
        assertThatThrownBy(() -> timeouts(TUNED.routable(), Duration.ofSeconds(10)))
                .hasMessage("sandgate.cluster.dead-timeout: PT10S (expected: more than twice "
                        + "sandgate.cluster.routable-timeout, PT5S)");
    }

    private static ClusterTimers timeouts(Duration routable, Duration dead) {
        return new ClusterTimers(TUNED.heartbeat(), TUNED.discovery(), TUNED.failureTimeout(), TUNED.failureInterval(),
                TUNED.verify(), TUNED.mergeMin(), TUNED.mergeMax(), routable, dead);
    }
}
