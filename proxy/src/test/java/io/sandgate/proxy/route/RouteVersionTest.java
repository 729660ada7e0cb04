package io.sandgate.proxy.route;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RouteVersionTest {

    private static RouteVersion parsed(String text) {
        RouteVersion version = RouteVersion.parse(text);
        assertThat(version).as(text).isNotNull();
        return java.util.Objects.requireNonNull(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "00", "01", "rv", "-1", "+1", "1 ", " 1", "1.0", "1e3", "0x1", "1_000", "\u0661",
            "9223372036854775807a", "1\n"})
    void parse_notCanonicalOrNotPositive_isRefused(String text) {
        assertThat(RouteVersion.parse(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "10", "999999999999999999", "1000000000000000000", "9223372036854775807",
            "9223372036854775808", "18446744073709551616", "100000000000000000000000000000000000000000"})
    void parse_canonicalOfAnyLength_keepsItsText(String text) {
        assertThat(parsed(text)).hasToString(text).isEqualTo(parsed(text)).hasSameHashCodeAs(parsed(text));
    }

    @Test
    void order_isByValue() {
        List<String> texts = List.of("1", "2", "9", "10", "99", "999999999999999999", "1000000000000000000",
                "9223372036854775807", "9223372036854775808", "9999999999999999999", "18446744073709551616",
                "18446744073709551617", "100000000000000000000000");
        for (int i = 0; i < texts.size(); i++) {
            for (int j = 0; j < texts.size(); j++) {
                assertThat(Integer.signum(parsed(texts.get(i)).compareTo(parsed(texts.get(j)))))
                        .as("%s against %s", texts.get(i), texts.get(j)).isEqualTo(Integer.compare(i, j));
            }
        }
    }

    @Test
    void order_ofRandomNumbers_isThatOfBigInteger() {
        Random random = new Random(20250101);
        List<BigInteger> numbers = Stream.generate(() -> new BigInteger(1 + random.nextInt(140), random))
                .filter(number -> number.signum() > 0).limit(300).toList();
        for (BigInteger one : numbers) {
            for (BigInteger other : numbers) {
                assertThat(Integer.signum(parsed(one.toString()).compareTo(parsed(other.toString()))))
                        .isEqualTo(one.compareTo(other));
            }
        }
    }

    @Test
    void of_epochAndCounter_isOrderedByEpochFirst() {
        RouteVersion version = RouteVersion.of(3, 7);
        assertThat(version.longValue()).isEqualTo(3L * (1L << 40) + 7);
        assertThat(version.epoch()).isEqualTo(3);
        assertThat(version.next()).isEqualTo(RouteVersion.of(3, 8));
        assertThat(version.nextEpoch()).isEqualTo(RouteVersion.of(4, 1))
                .isGreaterThan(RouteVersion.of(3, (1L << 40) - 1));
    }

    @Test
    void of_outOfRange_saysWhatIsExpected() {
        assertThatThrownBy(() -> RouteVersion.of(0)).hasMessage("version: 0 (expected: a positive integer)");
        assertThatThrownBy(() -> RouteVersion.of(-1, 1)).hasMessage("epoch: -1 (expected: 0-8388607)");
        assertThatThrownBy(() -> RouteVersion.of(RouteVersion.MAX_EPOCH + 1, 1)).hasMessageContaining("epoch: 8388608");
        assertThatThrownBy(() -> RouteVersion.of(0, 0)).hasMessage("counter: 0 (expected: 1 to 2^40 - 1)");
        assertThatThrownBy(() -> RouteVersion.of(0, 1L << 40)).hasMessageContaining("counter: 1099511627776");
    }

    @Test
    void next_whereNothingFollows_isRefusedRatherThanWrapped() {
        assertThatThrownBy(() -> RouteVersion.of(0, (1L << 40) - 1).next()).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> RouteVersion.of(Long.MAX_VALUE).next()).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> RouteVersion.of(RouteVersion.MAX_EPOCH, 1).nextEpoch())
                .isInstanceOf(ArithmeticException.class);
        RouteVersion beyond = parsed("18446744073709551616");
        assertThat(beyond.epoch()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(beyond::next).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(beyond::nextEpoch).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(beyond::longValue).isInstanceOf(ArithmeticException.class);
    }
}
