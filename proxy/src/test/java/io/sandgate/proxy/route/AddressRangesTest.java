package io.sandgate.proxy.route;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AddressRangesTest {
    private static final AddressRanges EVERYTHING = AddressRanges.of(List.of("0.0.0.0/0", "::/0"));

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "127.64.0.0", "127.77.0.9", "127.127.255.255", "1.2.3.4", "fd00::1",
            "2001:db8::1", "FD00::1", "fd00:0:0:0:0:0:0:1"})
    void contains_sandboxAddress_isAllowed(String address) {
        assertThat(EVERYTHING.contains(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "0.1.2.3", "127.0.0.1", "127.63.255.255", "127.128.0.0", "127.255.255.255",
            "169.254.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
            "febf::1", "fec0::1", "ff02::1"})
    void contains_specialAddress_isNeverAllowed(String address) {
        assertThat(EVERYTHING.contains(address)).isFalse();
    }

    @Test
    void contains_addressThatIsExcepted_isNotAllowed() {
        AddressRanges ranges = EVERYTHING
                .except(Set.of(InetAddress.ofLiteral("10.0.0.7"), InetAddress.ofLiteral("fd00::7")));

        assertThat(ranges.contains("10.0.0.7")).isFalse();
        assertThat(ranges.contains("fd00:0::7")).isFalse();
        assertThat(ranges.contains("10.0.0.8")).isTrue();
        assertThat(ranges.contains("no address")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200",
            "192.0.0.192", "168.63.129.16"})
    void contains_metadataService_isNeverAllowed(String address) {
        assertThat(EVERYTHING.contains(address)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "0:0:0:0:0:ffff:a00:1", "::ffff:0:10.0.0.1",
            "::10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1",
            "2001:0:a9fe:a9fe::1"})
    void contains_ipv6ThatLeadsToIpv4_isNeverAllowed(String address) {
        assertThat(EVERYTHING.contains(address)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "10", "10.1", "127.1", "10.0.1", "2130706433", "0x7f.0.0.1", "010.0.0.1",
            "0177.0.0.1", "10.0.0.01", "10.0.0.1.", "10.0.0.256", "10.0.0.-1", " 10.0.0.1", "10.0.0.1 ", "10.0.0.1:80",
            "10.0.0.1/8", "localhost", "metadata.google.internal", "\uff11\uff10.0.0.1", "10\u30020.0.1", "[fd00::1]",
            "fd00::1%1", "fd00::1%eth0", "fe80::1%lo", "::g", "fd00::1::", "1:2:3:4:5:6:7", "10.0.0.1\n"})
    void contains_whatIsNoLiteralInFull_isNotAllowed(String address) {
        assertThat(EVERYTHING.contains(address)).isFalse();
    }

    @Test
    void contains_isByPrefixBits() {
        AddressRanges ranges = AddressRanges.of(List.of("10.1.128.0/17", "192.168.7.9/32", "fd00:1234::/31"));
        assertThat(List.of("10.1.128.0", "10.1.255.255", "192.168.7.9", "fd00:1234::1", "fd00:1235:ffff::1"))
                .allMatch(ranges::contains);
        assertThat(List.of("10.1.127.255", "10.2.128.0", "192.168.7.8", "192.168.7.10", "fd00:1236::1", "fd00:1233::1"))
                .noneMatch(ranges::contains);
    }

    @Test
    void contains_withoutRanges_isNothing() {
        assertThat(AddressRanges.of(List.of()).contains("10.0.0.1")).isFalse();
    }

    @Test
    void contains_wideRange_doesNotReachTheOtherFamily() {
        assertThat(AddressRanges.of(List.of("::/0")).contains("10.0.0.1")).isFalse();
        assertThat(AddressRanges.of(List.of("0.0.0.0/0")).contains("fd00::1")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0", "10/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "/8",
            "fd00::/129", "localhost/8", "010.0.0.0/8", "fe80::1%1/64"})
    void of_noRange_saysWhatIsExpected(String cidr) {
        assertThatThrownBy(() -> AddressRanges.of(List.of("10.0.0.0/8", cidr)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("range: " + cidr + " (expected: address/bits, as in 10.0.0.0/8)");
    }
}
