package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Event;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FilterQueryTest {
    private static final Event EVENT = new Event("sandbox.created", "sandbox/i1", false, Instant.EPOCH, "i1", "team",
            Map.of("app", "x y", "env", "test"), "{}", Event.Reach.CLUSTER);

    private static Filter parse(Map<String, String> query) {
        return FilterQuery.parse(name -> Optional.ofNullable(query.get(name)));
    }

    private static Filter one(String name, String value) {
        return parse(Map.of(name, value));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kind     | sandbox                  | true
            kind     | sandbox.created          | true
            kind     | route,sandbox.created    | true
            kind     | sandbox.killed           | false
            kind     | sand                     | false
            sandbox  | i0,i1                    | true
            sandbox  | i0                       | false
            owner    | team                     | true
            owner    | Team                     | false
            metadata | app=x%20y                | true
            metadata | app=x+y&env=test         | true
            metadata | app=x%20y&env=prod       | false
            metadata | other=                   | false
            """)
    void filter_matches_whatItAsksFor(String name, String value, boolean matches) {
        assertThat(one(name, value).matches(EVENT)).isEqualTo(matches);
    }

    @Test
    void filters_together_mustAllMatch() {
        assertThat(parse(Map.of("kind", "sandbox", "sandbox", "i1")).matches(EVENT)).isTrue();
        assertThat(parse(Map.of("kind", "sandbox", "sandbox", "i2")).matches(EVENT)).isFalse();
        assertThat(parse(Map.of()).matches(EVENT)).isTrue();
        assertThat(parse(Map.of())).isEqualTo(Filter.ALL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kind     | Sandbox       | kind: Sandbox (expected: an area or a kind
            kind     | a.b.c         | kind: a.b.c (expected
            kind     | a,            | kind: an empty value (expected
            sandbox  | i1,,i2        | sandbox: an empty value (expected: ids of sandboxes
            owner    | a b           | owner: a b (expected: names of teams
            metadata | app           | metadata: not key=value pairs
            metadata | a=b=c         | metadata: not key=value pairs
            metadata | =b            | metadata: not key=value pairs
            metadata | a=%zz         | metadata: cannot be decoded
            """)
    void filter_thatIsNone_saysWhatIsAllowed(String name, String value, String message) {
        assertThatThrownBy(() -> one(name, value)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void values_haveABound() {
        String many = "a" + ",a".repeat(64);
        assertThat(one("kind", "a" + ",a".repeat(63)).kinds()).isEqualTo(Set.of("a"));
        assertThatThrownBy(() -> one("sandbox", distinct(65, ","))).hasMessageContaining("at most 64");
        assertThat(one("sandbox", distinct(64, ",")).sandboxes()).hasSize(64);
        assertThatThrownBy(() -> one("metadata", distinct(65, "=1&") + "=1")).hasMessageContaining("at most 64");
        assertThatThrownBy(() -> one("kind", "a".repeat(257))).hasMessageContaining("at most 256");
        assertThatThrownBy(() -> one("kind", many)).hasMessageContaining("at most 64");
    }

    private static String distinct(int count, String separator) {
        StringBuilder all = new StringBuilder("v0");
        for (int i = 1; i < count; i++) {
            all.append(separator).append('v').append(i);
        }
        return all.toString();
    }
}
