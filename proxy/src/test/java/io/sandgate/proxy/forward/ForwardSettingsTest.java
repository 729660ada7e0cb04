package io.sandgate.proxy.forward;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ForwardSettingsTest {

    private static ForwardSettings with(String domain, int attempts, Duration connectTimeout, int maxTunnels) {
        ForwardSettings.Upstreams u = ForwardSettings.Upstreams.DEFAULT;
        ForwardSettings d = ForwardSettings.DEFAULT;
        return new ForwardSettings(domain, d.askTimeout(), d.wakeTimeout(), d.clients(),
                new ForwardSettings.Upstreams(attempts, connectTimeout, u.connectBackoff(), u.idleTimeout(),
                        u.upgradeTimeout(), u.maxPerSandbox(), u.max(), u.maxIdlePerSandbox(), u.maxIdle(), maxTunnels),
                d.forwardedFields(), d.protocols());
    }

    @Test
    void defaults_idleTimeouts_areInTheOrderOfTheChain() {
        ForwardSettings settings = ForwardSettings.DEFAULT;
        assertThat(settings.clients().idleTimeout()).isGreaterThan(Duration.ofMinutes(10));
        assertThat(settings.upstreams().idleTimeout()).isLessThan(Duration.ofSeconds(640));
        assertThat(settings.upstreams().connectAttempts()).isEqualTo(3);
        assertThat(settings.upstreams().connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.domain()).isEqualTo("localhost");
        assertThat(settings.forwardedFields()).isEqualTo(ForwardedFields.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".a", "a.", "A.test", "a b", "10.0.0.1", "[::1]", "a:80"})
    void new_badDomain_isRefused(String domain) {
        assertThatThrownBy(() -> with(domain, 1, Duration.ofSeconds(1), 1)).hasMessageStartingWith("domain: ")
                .hasMessageContaining("expected:");
    }

    @Test
    void new_valueOutOfRange_isRefusedByName() {
        assertThatThrownBy(() -> with("a.test", 0, Duration.ofSeconds(1), 1))
                .hasMessage("connect-attempts: 0 (expected: 1-100)");
        assertThatThrownBy(() -> with("a.test", 1, Duration.ZERO, 1)).hasMessageStartingWith("connect-timeout: ");
        assertThatThrownBy(() -> with("a.test", 1, Duration.ofSeconds(1), -1))
                .hasMessageStartingWith("max-tunnels: -1");
    }
}
