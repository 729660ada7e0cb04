package io.sandgate.api.e2b;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MetadataFilterTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"user%252520id%3Da%252526b%25253D%2525C3%2525BC|user id|a&b=ü",
            "plain%3Dvalue|plain|value", "plus%3Da%25252Bb|plus|a+b", "empty%3D|empty|''"})
    void parse_asTheSdkEncodes_findsKeyAndValue(String wire, String key, String value) {
        String parameter = Objects.requireNonNull(QueryString.parse("metadata=" + wire).first("metadata"));

        assertThat(MetadataFilter.parse(parameter).required()).isEqualTo(Map.of(key, value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a=b=c", "a=b&c", "&", "a=%25zz", "%zz=1"})
    void parse_ofAnythingElse_isRefused(String parameter) {
        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> MetadataFilter.parse(parameter))
                .withMessageContaining("metadata").satisfies(e -> assertThat(e.status()).isEqualTo(400));
    }

    @Test
    void matches_needsEveryPair() {
        MetadataFilter filter = MetadataFilter.parse("a=1&b=2");

        assertThat(filter.matches(Map.of("a", "1", "b", "2", "c", "3"))).isTrue();
        assertThat(filter.matches(Map.of("a", "1"))).isFalse();
        assertThat(filter.matches(Map.of("a", "1", "b", "3"))).isFalse();
        assertThat(MetadataFilter.NONE.matches(Map.of())).isTrue();
    }
}
