package io.sandgate.api.e2b;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class E2bSettingsTest {

    @Test
    void defaults_answerBeforeTheSdksGiveUp() {
        assertThat(E2bSettings.DEFAULT.callDeadline()).isLessThan(Duration.ofMinutes(1));
        assertThat(E2bSettings.DEFAULT.forwardDeadline()).isEqualTo(Duration.ofSeconds(30));
        assertThat(E2bSettings.DEFAULT.maxBody()).isEqualTo(1_048_576);
        assertThat(E2bSettings.DEFAULT.maxCalls()).isEqualTo(256);
    }

    @Test
    void bound_ofZero_isRefused() {
        E2bSettings d = E2bSettings.DEFAULT;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new E2bSettings(d.defaultTimeout(), d.maxTimeout(), d.maxBody(), 0, d.callDeadline(),
                        d.forwardDeadline(),
                        d.connectTimeout(), d.peerConnections(), d.peerWaiting(), d.listFanOut(), d.listDeadline()))
                .withMessage("max-calls: 0 (expected: 1 or more)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new E2bSettings(d.defaultTimeout(), d.maxTimeout(), d.maxBody(), d.maxCalls(),
                        Duration.ZERO,
                        d.forwardDeadline(), d.connectTimeout(), d.peerConnections(), d.peerWaiting(), d.listFanOut(),
                        d.listDeadline()))
                .withMessageStartingWith("call-deadline: PT0S");
    }
}
