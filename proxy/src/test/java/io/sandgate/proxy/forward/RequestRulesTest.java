package io.sandgate.proxy.forward;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RequestRulesTest {

    private static final List<String> HOST = List.of("a");
    private static final List<String> NONE = List.of();

    private static int status(@Nullable Refusal refusal) {
        return refusal == null ? 0 : refusal.status();
    }

    private static int framing(boolean oldHttp, List<String> codings, List<String> lengths) {
        return status(RequestRules.refusal("POST", oldHttp, HOST, codings, lengths, NONE, null));
    }

    @Test
    void refusal_ordinaryRequests_isNone() {
        assertThat(framing(false, NONE, NONE)).isZero();
        assertThat(framing(true, NONE, List.of("5"))).isZero();
        assertThat(framing(false, List.of("Chunked"), NONE)).isZero();
        assertThat(status(RequestRules.refusal("PURGE", false, HOST, NONE, NONE,
                List.of("keep-alive, Upgrade", "TE, x-hop"), "100-Continue"))).isZero();
    }

    @Test
    void refusal_ambiguousFraming_is400() {
        assertThat(framing(false, List.of("chunked"), List.of("5"))).isEqualTo(400);
        assertThat(framing(false, List.of("xchunked"), NONE)).isEqualTo(400);
        assertThat(framing(false, List.of("gzip, chunked"), NONE)).isEqualTo(400);
        assertThat(framing(false, List.of("chunked", "chunked"), NONE)).isEqualTo(400);
        assertThat(framing(true, List.of("chunked"), NONE)).isEqualTo(400);
        assertThat(framing(false, NONE, List.of("5", "5"))).isEqualTo(400);
    }

    @Test
    void refusal_notExactlyOneHost_is400() {
        assertThat(status(RequestRules.refusal("GET", false, NONE, NONE, NONE, NONE, null))).isEqualTo(400);
        assertThat(status(RequestRules.refusal("GET", false, List.of("a", "a"), NONE, NONE, NONE, null)))
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "TRACE"})
    void refusal_methodThatNoGatewayServes_is405(String method) {
        assertThat(status(RequestRules.refusal(method, false, NONE, NONE, NONE, NONE, null))).isEqualTo(405);
    }

    @Test
    void refusal_otherExpectation_is417() {
        assertThat(status(RequestRules.refusal("PUT", false, HOST, NONE, NONE, NONE, "tea"))).isEqualTo(417);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "close, Content-Length", "authorization", "E2b-Sandbox-Id", "X-Forwarded-For",
            "x-access-token"})
    void refusal_connectionNamingAnEndToEndField_is400(String connection) {
        assertThat(status(RequestRules.refusal("GET", false, HOST, NONE, NONE, List.of("close", connection), null)))
                .isEqualTo(400);
    }
}
