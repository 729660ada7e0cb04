package io.sandgate.proxy.forward;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FieldRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"connection", "keep-alive", "te", "transfer-encoding", "upgrade", "http2-settings",
            "proxy-connection", "proxy-authorization", "proxy-anything", "x-hop"})
    void passes_hopByHopField_isKeptBackBothWays(String name) {
        assertThat(FieldRules.passesToSandbox(name, Set.of("x-hop"))).isFalse();
        assertThat(FieldRules.passesToClient(name, Set.of("x-hop"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"forwarded", "x-forwarded-for", "x-forwarded-anything", "x-real-ip", "trailer"})
    void passesToSandbox_claimOfAProxy_isKeptBack(String name) {
        assertThat(FieldRules.passesToSandbox(name, Set.of())).isFalse();
        assertThat(FieldRules.passesToClient(name, Set.of())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "cookie", "authorization", "content-length", "e2b-sandbox-id", "x-access-token",
            "sec-websocket-key", "expect", "origin"})
    void passesToSandbox_endToEndField_passes(String name) {
        assertThat(FieldRules.passesToSandbox(name, Set.of("close"))).isTrue();
    }

    @Test
    void options_listField_isSplitAndStripped() {
        assertThat(FieldRules.options(" a , ,B,\tc\t,")).containsExactly("a", "B", "c");
        assertThat(FieldRules.options("")).isEmpty();
        assertThat(FieldRules.named(List.of("Close, TE", "X-Hop"))).containsExactlyInAnyOrder("close", "te", "x-hop");
        assertThat(FieldRules.has(List.of("keep-alive", "x, UPGRADE"), "upgrade")).isTrue();
        assertThat(FieldRules.has(List.of("upgrades"), "upgrade")).isFalse();
    }
}
