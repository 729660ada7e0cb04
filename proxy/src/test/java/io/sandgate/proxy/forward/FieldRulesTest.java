package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.Kept;
import io.sandgate.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FieldRulesTest {

    private static RequestHead head(String lines) {
        RequestHead head = new RequestHead(1_024, 8_192);
        String text = "GET / HTTP/1.1\r\n" + lines + "\r\n";
        assertThat(head.parse(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), text.length())).isNull();
        return head;
    }

    private static String passed(String lines, Function<FieldLines, Kept> rule) {
        RequestHead head = head(lines);
        ByteBuf out = Unpooled.buffer();
        head.writeFields(out, rule.apply(head.fields()));
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Keep-Alive", "TE", "Upgrade", "HTTP2-Settings", "Proxy-Connection", "PROXY-Authorization",
            "proxy-anything", "x-hop"})
    void hopByHopField_isKeptBackBothWays(String name) {
        String lines = "A: 1\r\n" + name + ": x\r\nConnection: close, X-HOP\r\nB: 2\r\n";
        assertThat(passed(lines, FieldRules::toSandbox)).isEqualTo("A: 1\r\nB: 2\r\n");
        assertThat(passed(lines, FieldRules::toClient)).isEqualTo("A: 1\r\nB: 2\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Forwarded", "X-Forwarded-For", "x-forwarded-anything", "X-Real-IP", "Trailer"})
    void claimOfAProxy_isKeptBackFromTheSandbox(String name) {
        String lines = name + ": x\r\nA: 1\r\n";
        assertThat(passed(lines, FieldRules::toSandbox)).isEqualTo("A: 1\r\n");
        assertThat(passed(lines, FieldRules::toClient)).isEqualTo(lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "cookie", "authorization", "content-length", "e2b-sandbox-id", "x-access-token",
            "sec-websocket-key", "expect", "origin", "x-forwarded", "proxy", "transfer-encoding"})
    void endToEndFieldOrFraming_passesAsItCame(String name) {
        String lines = name + ":  x y\t \r\n";
        assertThat(passed("Connection: close\r\n" + lines, FieldRules::toSandbox)).isEqualTo(lines);
        assertThat(passed(lines, FieldRules::toClient)).isEqualTo(lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection", "Keep-Alive", "TE", "Upgrade", "HTTP2-Settings", "Proxy-Authorization",
            "Forwarded",
            "X-Forwarded-For", "X-Real-IP", "Trailer"})
    void passesWholeToSandbox_aFieldThatIsKeptBack_isFalse(String name) {
        String lines = "A: 1\r\nHost: a\r\nContent-Length: 0\r\nCookie: c\r\n";
        assertThat(FieldRules.passesWholeToSandbox(head(lines).fields())).isTrue();
        assertThat(FieldRules.passesWholeToSandbox(head(lines + name + ": x\r\n").fields())).isFalse();
    }

    @Test
    void framing_namedByConnection_passesAllTheSame() {
        String lines = "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n";
        assertThat(passed("Connection: x, content-length, Transfer-Encoding\r\n" + lines, FieldRules::toClient))
                .isEqualTo(lines);
    }

    @Test
    void options_listField_isSplitAndStripped() {
        assertThat(FieldRules.options(" a , ,B,\tc\t,")).containsExactly("a", "B", "c");
        assertThat(FieldRules.options("")).isEmpty();
        assertThat(FieldRules.has(List.of("keep-alive", "x, UPGRADE"), "upgrade")).isTrue();
        assertThat(FieldRules.has(List.of("upgrades"), "upgrade")).isFalse();
    }
}
