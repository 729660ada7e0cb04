package io.sandgate.sandbox.driver;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EgressTest {

    @ParameterizedTest
    @CsvSource({"8.8.8.8,8.8.8.8", "8.8.8.8/32,8.8.8.8", "8.8.8.8/24,8.8.8.0/24", "0.0.0.0/0,0.0.0.0/0",
            "255.255.255.255/1,128.0.0.0/1"})
    void range_isReadInEachForm(String text, String range) {
        assertThat(Ipv4Range.parse(text)).hasToString(range);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8.8.8", "8.8.8.8/33", "8.8.8.8/-1", "8.8.8.8/", "8.8.8.8/x", "256.8.8.8", "08.8.8.8",
            "::ffff:8.8.8.8", "8.8.8.8 ", "8.8.8.8/24/24", "8.8.8.8; accept", "example.com/24", "example", "*", "*.",
            ".com", "a..com", "-a.com", "a-.com",
            "*.*.com", "a.*.com", "x*.com", "a b.com", "a,b.com", "ex\u00e4mple.com", "example.com.", "example.com:443",
            "https://example.com", "*.8.8.8.8"})
    void entry_thatIsNoRange_isNamed(String entry) {
        assertThatThrownBy(() -> new Egress(true, List.of("1.1.1.1", entry), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("allowOut: " + entry + " (expected");
        if (!entry.contains(":")) {
            assertThatThrownBy(() -> new Egress(true, List.of(), List.of(entry)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("denyOut: " + entry + " (expected");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.2.3", "169.254.169.254", "127.0.0.1/32", "192.168.0.0/24", "224.0.0.1", "0.0.0.0",
            "168.63.129.16", "100.100.100.200"})
    void allowedAddress_thatIsClosedToAll_isRefused(String entry) {
        assertThatThrownBy(() -> new Egress(true, List.of(entry), List.of())).hasMessageContaining(entry)
                .hasMessageContaining("closed always");
    }

    @Test
    void allowedRange_aroundWhatIsClosed_isFine() {
        assertThat(new Egress(false, List.of("0.0.0.0/0"), List.of()).allowed()).hasToString("[0.0.0.0/0]");
    }

    @Test
    void ipv6_canBeDeniedOnly() {
        Egress egress = new Egress(true, List.of(), List.of("::/0", "2001:db8::1", "8.8.8.8"));

        assertThat(egress.denied()).hasToString("[8.8.8.8]");
        assertThatThrownBy(() -> new Egress(true, List.of("2001:db8::1"), List.of())).hasMessageContaining("IPv4");
        for (String wrong : List.of("::/129", ":::", "::/x", "1::2::3", "[::1]", "::1%lo", "::ffff:8.8.8.8",
                "::1,::2")) {
            assertThatThrownBy(() -> new Egress(true, List.of(), List.of(wrong))).hasMessageContaining(wrong);
        }
    }

    @Test
    void entries_areBoundedInNumberAndInWhatIsShownOfThem() {
        assertThat(new Egress(true, List.of(), Collections.nCopies(Egress.MOST, "1.1.1.1")).denied()).hasSize(1);
        assertThatThrownBy(() -> new Egress(true, List.of(), Collections.nCopies(Egress.MOST + 1, "1.1.1.1")))
                .hasMessageContaining("denyOut: 257 entries");
        assertThatThrownBy(() -> new Egress(true, List.of("x".repeat(100_000)), List.of()))
                .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(300));
    }

    /// The firewall takes no ranges that overlap.
    @Test
    void rangesWithinOthers_areLeftOut() {
        Egress egress = new Egress(true, List.of(),
                List.of("8.8.8.8", "8.8.0.0/16", "8.8.8.0/24", "1.1.1.1", "1.1.1.1/32", "9.0.0.0/8", "8.8.0.0/16"));

        assertThat(egress.denied()).hasToString("[1.1.1.1, 8.8.0.0/16, 9.0.0.0/8]");
    }

    @Test
    void domains_areInSmallLetters_andNoAddresses() {
        Egress egress = new Egress(false, List.of("API.Example.com", "8.8.8.8", "*.Example.ORG"), List.of());

        assertThat(egress.allowOut()).containsExactly("api.example.com", "8.8.8.8", "*.example.org");
        assertThat(egress.domains()).hasToString("[api.example.com, *.example.org]");
        assertThat(egress.allowed()).hasToString("[8.8.8.8]");
        assertThat(egress.names("api.example.com")).isTrue();
        assertThat(egress.names("x.api.example.com")).isFalse();
        assertThat(egress.names("a.b.example.org")).isTrue();
        assertThat(egress.names("example.org")).isFalse();
        assertThat(egress.names("badexample.org")).isFalse();
        assertThat(egress.names(".example.org")).isFalse();
        assertThat(egress.names("a..example.org")).isFalse();
        assertThat(egress.names("a".repeat(64) + ".example.org")).isFalse();
        assertThat(egress.names("a.".repeat(125) + "example.org")).isFalse();
        assertThat(egress.names("8.8.8.8")).isFalse();
    }

    @Test
    void domain_whereNotAllElseIsDenied_isRefused() {
        assertThat(new Egress(true, List.of("example.com"), List.of("8.8.8.8", "0.0.0.0/0")).domains()).hasSize(1);
        assertThat(new Egress(false, List.of("*.com"), List.of()).domains()).hasSize(1);
        for (List<String> denied : List.of(List.<String>of(), List.of("0.0.0.0/1", "128.0.0.0/1"), List.of("::/0"))) {
            assertThatThrownBy(() -> new Egress(true, List.of("1.1.1.1", "example.com"), denied))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("allowOut: example.com (expected").hasMessageContaining("0.0.0.0/0");
        }
    }

    @Test
    void domain_isNeverDenied() {
        assertThatThrownBy(() -> new Egress(true, List.of(), List.of("example.com")))
                .hasMessageStartingWith("denyOut: example.com (expected");
    }

    @Test
    void domain_hasTheLengthOfOne() {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(61));
        assertThat(new Egress(false, List.of(longest), List.of()).names(longest)).isTrue();
        assertThatThrownBy(() -> new Egress(false, List.of("a" + longest), List.of())).hasMessageContaining("allowOut");
        assertThatThrownBy(() -> new Egress(false, List.of("a" + label + ".com"), List.of()))
                .hasMessageContaining("allowOut");
    }

    @Test
    void allowed_winsOverDenied_andBothOverTheRest() {
        Egress some = new Egress(false, List.of("8.8.8.0/24"), List.of());
        Egress notAll = new Egress(true, List.of("8.8.8.8"), List.of("8.8.0.0/16"));

        assertThat(some.reaches(Ipv4Range.parse("8.8.8.8"))).isTrue();
        assertThat(some.reaches(Ipv4Range.parse("8.8.9.8"))).isFalse();
        assertThat(notAll.reaches(Ipv4Range.parse("8.8.8.8"))).isTrue();
        assertThat(notAll.reaches(Ipv4Range.parse("8.8.8.9"))).isFalse();
        assertThat(notAll.reaches(Ipv4Range.parse("1.1.1.1"))).isTrue();
    }
}
