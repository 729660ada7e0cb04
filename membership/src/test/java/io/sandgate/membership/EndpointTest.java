package io.sandgate.membership;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EndpointTest {

    @ParameterizedTest
    @ValueSource(strings = {"localhost:1", "127.0.0.1:65535", "[::1]:7800", "[fe80::1%eth0]:7800", "my_host.local:80"})
    void endpoint_thatWasParsed_isWrittenTheSame(String text) {
        assertThat(Endpoint.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"host,address: host", ":80,address: :80", "::1:80,address: ::1:80", "a:,port: ", "a:x,port: x",
            "a:+80,port: +80", "a:0,port: 0", "a:65536,port: 65536", "a:99999999999,port: 99999999999",
            "a b:80,host: a b", "a[7]:80,host: a[7]", "[]:80,host: (blank)"})
    void text_thatIsNoEndpoint_isRefusedWithItsFault(String text, String fault) {
        assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(fault).hasMessageContaining("(expected: ");
    }

    @Test
    void fault_withControlCharactersOrEndless_isShownOnOneShortLine() {
        assertThatThrownBy(() -> Endpoint.parse("a\nb" + "c".repeat(1000) + ":80"))
                .hasMessageMatching("host: a\\?bc{77}\\.\\.\\. .*");
    }
}
