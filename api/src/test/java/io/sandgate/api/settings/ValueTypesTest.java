package io.sandgate.api.settings;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ValueTypesTest {

    @ParameterizedTest
    @CsvSource({"200ms,PT0.2S", "1s,PT1S", "5m,PT5M", "24h,PT24H", "7d,PT168H", "0ms,PT0S"})
    void duration_withAUnit_isRead(String text, Duration duration) {
        assertThat(DurationText.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-1s", "1.5s", "1 s", "1h30m", "99999999999s", "ms"})
    void duration_ofAnotherForm_isRefused(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @CsvSource({"PT0.25S,250ms", "PT0S,0s", "PT90S,90s", "PT5M,5m", "PT25H,25h"})
    void duration_written_takesTheLargestUnit(Duration duration, String text) {
        assertThat(DurationText.format(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"512B,512", "64KiB,65536", "1MiB,1048576", "2GiB,2147483648"})
    void size_withAUnit_isRead(String text, long bytes) {
        assertThat(SizeText.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"127.64.0.0,true", "127.127.255.255,true", "127.128.0.0,false", "127.63.255.255,false", "::1,false"})
    void range_containsWhatItsPrefixSays(String address, boolean inside) {
        assertThat(AddressRange.parse("127.64.0.0/10").contains(InetAddress.ofLiteral(address))).isEqualTo(inside);
    }

    @Test
    void range_ofOneAddress_containsIt() {
        assertThat(AddressRange.parse("10.0.0.7")).hasToString("10.0.0.7/32");
        assertThat(AddressRange.parse("fd00::/8").contains(InetAddress.ofLiteral("fd12::1"))).isTrue();
        assertThat(AddressRange.parse("0.0.0.0/0").contains(AddressRange.parse("10.0.0.0/8"))).isTrue();
        assertThat(AddressRange.parse("10.0.0.0/8").contains(AddressRange.parse("0.0.0.0/0"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8", "10.0.0.0/x"})
    void range_ofAnotherForm_isRefused(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void words_withQuotesAndBackslashes_areSplitAsAShellWould() {
        assertThat(Words.split("a  'b c' \"d \\\" e\" f\\ g '' h'i'j '\\'"))
                .containsExactly("a", "b c", "d \" e", "f g", "", "hij", "\\");
        assertThat(Words.split("   ")).isEmpty();
        assertThatThrownBy(() -> Words.split("a 'b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Words.split("a\\")).isInstanceOf(IllegalArgumentException.class);
    }
}
