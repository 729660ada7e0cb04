package io.sandgate.proxy.route;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SipHashTest {
    private static final byte[] ASCENDING = new byte[64];

    static {
        for (int i = 0; i < ASCENDING.length; i++) {
            ASCENDING[i] = (byte) i;
        }
    }

    /// From the reference implementation's table for SipHash-2-4 with the key 00 01 … 0f and the message 00 01 ….
    @ParameterizedTest
    @CsvSource({"0, 726fdb47dd0e0e31", "1, 74f839c593dc67fd", "7, ab0200f58b01d137", "8, 93f5f5799a932462",
            "15, a129ca6149be45e5"})
    void hash_isThatOfTheReference(int length, String expected) {
        SipHash sip = new SipHash(Arrays.copyOf(ASCENDING, SipHash.KEY_BYTES));
        assertThat(Long.toHexString(sip.hash(Arrays.copyOf(ASCENDING, length)))).isEqualTo(expected);
    }
}
