package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Requests, settings and templates that are refused.
class AdmissionTest {

    private final Admission admission = new Admission(World.settings(1));

    @Test
    void request_good_passes() {
        assertThatCode(() -> admission.check(request("web", Duration.ofHours(1), Map.of(), Map.of("A_1", "x"))))
                .doesNotThrowAnyException();
    }

    @Test
    void request_wrong_isInvalidAndSaysWhy() {
        Duration minute = Duration.ofMinutes(1);
        assertInvalid(request("nope", minute, Map.of(), Map.of()), "nope (expected: one of [base, run, web])");
        assertInvalid(request("base", Duration.ZERO, Map.of(), Map.of()), "greater than 0");
        assertInvalid(request("base", Duration.ofSeconds(-5), Map.of(), Map.of()), "greater than 0");
        assertInvalid(request("base", Duration.ofHours(2), Map.of(), Map.of()), "sandgate.sandbox.max-timeout");
        assertInvalid(request("base", minute, Map.of("k", "ü".repeat(50)), Map.of()), "sandgate.sandbox.max-metadata)");
        assertInvalid(request("base", minute, Map.of(), Map.of("k", "v".repeat(100))),
                "sandgate.sandbox.max-environment)");
        assertInvalid(request("base", minute, Map.of(), Map.of("1A", "")), "1A");
        assertInvalid(request("base", minute, Map.of(), Map.of("A=B", "")), "A=B");
        assertInvalid(request("base", minute, Map.of(), Map.of("SANDGATE_SANDBOX", "")), "SANDGATE_");
        assertInvalid(request("base", minute, Map.of(), Map.of("A", "x\0y")), "zero");
    }

    @Test
    void settings_defaults() {
        SandboxSettings settings = SandboxSettings.defaults();

        assertThat(settings.templates()).containsOnlyKeys("base", "web");
        assertThat(settings.maxSandboxes()).isEqualTo(1000);
        assertThat(settings.defaultTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.maxTimeout()).isEqualTo(Duration.ofHours(24));
        assertThat(settings.addresses()).isEqualTo("127.64.0.0/10");
        assertThat(settings.logBytes()).isEqualTo(1024 * 1024);
        assertThat(settings.stopOnExit()).isFalse();
    }

    @Test
    void settings_wrong_nameTheSetting() {
        SandboxSettings good = World.settings(1);
        assertThatThrownBy(() -> World.settings(0)).hasMessageContaining("sandgate.sandbox.max: 0");
        assertThatThrownBy(() -> new SandboxSettings(Map.of(), 1, 1, 1, Duration.ofHours(2), Duration.ofHours(1),
                good.startTimeout(), good.killTimeout(), good.announceTimeout(), 1, 1, good.addresses(),
                good.addressQuarantine(), good.logBytes(), good.usageInterval(), good.confinement(), false))
                .hasMessageContaining("sandgate.sandbox.default-timeout: PT2H");
        assertThatThrownBy(() -> new SandboxSettings(Map.of(), 1, 1, 1, Duration.ofHours(1), Duration.ofHours(1),
                Duration.ZERO, good.killTimeout(), good.announceTimeout(), 1, 1, good.addresses(),
                good.addressQuarantine(), good.logBytes(), good.usageInterval(), good.confinement(), false))
                .hasMessageContaining("sandgate.sandbox.start-timeout: PT0S");
    }

    @Test
    void template_wrong_isRefused() {
        assertThatThrownBy(() -> Template.of("a b", List.of(), 0)).hasMessageContaining("a b");
        assertThatThrownBy(() -> Template.of("a", List.of("x"), 65536)).hasMessageContaining("65536");
        assertThatThrownBy(() -> Template.of("a", List.of(), 80)).hasMessageContaining("ready-port: 80");
        assertThatThrownBy(() -> Template.of("a", List.of("--fork"), 0)).hasMessageContaining("--fork");
        assertThatThrownBy(
                () -> new Template("a", List.of("x"), 0, Map.of(), Map.of("../x", ""), Limits.NONE, 1, 1, 1, 0))
                .hasMessageContaining("../x");
        assertThatThrownBy(() -> new Limits(0, 0, 0, 20)).hasMessageContaining("nice: 20");
        assertThatThrownBy(() -> new Limits(-1, 0, 0, 0)).hasMessageContaining("open-files: -1");
    }

    private void assertInvalid(CreateSandbox request, String words) {
        assertThatThrownBy(() -> admission.check(request)).isInstanceOfSatisfying(SandboxException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.INVALID);
            assertThat(failure).hasMessageContaining(words);
        });
    }

    private static CreateSandbox request(String template, Duration timeout, Map<String, String> metadata,
            Map<String, String> environment) {
        return new CreateSandbox(template, "team-a", timeout, OnTimeout.KILL, metadata, environment,
                SandboxNetwork.PLAIN, false);
    }
}
