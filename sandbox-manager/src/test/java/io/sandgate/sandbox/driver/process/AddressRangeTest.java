package io.sandgate.sandbox.driver.process;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Ranges of addresses and their blocks.
class AddressRangeTest {

    @Test
    void parse_wideRange_hasBlocksOf65536() {
        AddressRange range = AddressRange.parse("127.64.0.0/10");

        assertThat(range.blocks()).isEqualTo(64);
        assertThat(range.blockSize()).isEqualTo(65_536);
        assertThat(Addresses.format(range.block(63))).isEqualTo("127.127.0.0");
        assertThat(range.blockOf(Addresses.parse("127.77.0.9"))).isEqualTo(13);
        assertThat(range.contains(Addresses.parse("127.128.0.0"))).isFalse();
        assertThat(range).hasToString("127.64.0.0/10");
    }

    @Test
    void parse_narrowRange_isOneBlock() {
        AddressRange range = AddressRange.parse("127.64.8.0/24");

        assertThat(range.blocks()).isEqualTo(1);
        assertThat(range.blockSize()).isEqualTo(256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.64.0.0", "127.64.0.0/", "127.64.0.0/x", "127.64.0.0/7", "127.64.0.0/29",
            "127.64.0.1/10", "10.0.0.0/10", "127.0.0.0/8", "127.0.0.0/16", "127.64.0.256/24", "::1/10"})
    void parse_wrong_namesTheSetting(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text)).hasMessageContaining("sandgate.sandbox.addresses: " + text)
                .hasMessageContaining("expected");
    }
}
