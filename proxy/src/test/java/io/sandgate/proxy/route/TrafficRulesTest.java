package io.sandgate.proxy.route;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TrafficRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "localhost:3000", "localhost:${PORT}", "${PORT}-app.example",
            "[::1]:${PORT}"})
    void isMask_host_isOne(String text) {
        assertThat(TrafficRules.isMask(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b", "a\r\nX: 1", "a/b", "${HOST}", "a,b", "user@host", "\u00fc.example"})
    void isMask_whatCouldEndTheField_isNone(String text) {
        assertThat(TrafficRules.isMask(text)).isFalse();
        assertThat(TrafficRules.isMask("a".repeat(256))).isFalse();
    }

    @Test
    void host_ofAMask_hasThePort() {
        assertThat(TrafficRules.of(false, "app:${PORT}", false).host(3000)).isEqualTo("app:3000");
        assertThat(TrafficRules.OPEN.host(3000)).isEmpty();
    }

    @Test
    void of_commonRules_areThereOnce() {
        assertThat(TrafficRules.of(false, "", false)).isSameAs(TrafficRules.OPEN);
        assertThat(TrafficRules.of(true, "", false)).isSameAs(TrafficRules.TOKEN);
    }
}
