package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.tenant.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SandboxTokensTest {

    /// By Python: hmac.new(seed, text, 'sha256').hexdigest() of the id, and of `sandbox-traffic-` and the id.
    private static final String ACCESS = "67f4bcbb5fe3a7c8c0b592871d11111ed6273ef3920c9d909c453dfb3fb806a2";
    private static final String TRAFFIC = "2068ae29cd073e3c326771aee40a91716af2b49b198301f82951bbfd5b3a565a";

    private final SandboxTokens tokens = SandboxTokens.of("a seed for tests only");

    private static Sandbox sandbox(boolean secured, boolean publicTraffic) {
        return new Sandbox("iabc", "u", "team", "base", Map.of(), Map.of(), "127.64.0.1", SandboxState.RUNNING,
                Instant.EPOCH, Instant.EPOCH, Duration.ofSeconds(1), OnTimeout.KILL,
                new SandboxNetwork("", secured, publicTraffic, Egress.OPEN), false, Claim.NONE, 1);
    }

    @Test
    void access_isOfSecuredSandboxesOnly() {
        assertThat(tokens.access(sandbox(true, true))).hasValue(ACCESS);
        assertThat(tokens.access(sandbox(false, true))).isEmpty();
    }

    @Test
    void traffic_isOfSandboxesWithoutPublicTrafficOnly() {
        assertThat(tokens.traffic(sandbox(true, false))).hasValue(TRAFFIC);
        assertThat(tokens.traffic(sandbox(true, true))).isEmpty();
    }

    @Test
    void isTraffic_ofAnyOtherToken_isFalse() {
        assertThat(tokens.isTraffic("iabc", TRAFFIC)).isTrue();
        for (String other : new String[]{ACCESS, "", TRAFFIC.substring(1), TRAFFIC + "0",
                TRAFFIC.toUpperCase(Locale.ROOT)}) {
            assertThat(tokens.isTraffic("iabc", other)).as(other).isFalse();
        }
        assertThat(tokens.isTraffic("iabd", TRAFFIC)).isFalse();
        assertThat(SandboxTokens.of("another seed for tests").isTraffic("iabc", TRAFFIC)).isFalse();
    }

    @Test
    void of_aShortSeed_isRefused() {
        assertThatThrownBy(() -> SandboxTokens.of("short")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("short");
    }

    @Test
    void toString_doesNotTellTheSeed() {
        assertThat(tokens).hasToString("SandboxTokens");
    }
}
