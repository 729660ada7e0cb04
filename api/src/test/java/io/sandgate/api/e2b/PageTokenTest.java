package io.sandgate.api.e2b;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PageTokenTest {

    @Test
    void encode_thenDecode_isTheSame() {
        Instant time = Instant.parse("2026-01-31T12:00:00.000000001Z");
        for (boolean ascending : new boolean[]{true, false}) {
            PageToken token = new PageToken(time, "i1", ascending);

            assertThat(PageToken.decode(token.encode())).isEqualTo(token);
            assertThat(token.encode()).matches("[A-Za-z0-9_-]+");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z__", "x__i1", "2026-01-31T12:00:00Z__i__x",
            "2026-01-31T12:00:00Z__i__asc__"})
    void decode_ofWhatWasNotEncoded_isRefused(String text) {
        String token = Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));

        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> PageToken.decode(token))
                .withMessageContaining("nextToken");
    }

    @Test
    void decode_ofSomethingHuge_isRefused() {
        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> PageToken.decode("A".repeat(100_000)));
    }
}
