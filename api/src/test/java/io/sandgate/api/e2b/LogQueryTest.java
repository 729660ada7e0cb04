package io.sandgate.api.e2b;

import io.sandgate.sandbox.SandboxManager.LogLine;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LogQueryTest {
    private static final List<LogLine> LINES = List.of(line(1, "stdout", "a"), line(2, "stderr", "b"),
            line(2, "stdout", "c"), line(3, "stdout", "ab"));

    @ParameterizedTest
    @CsvSource({"'',a b c ab", "direction=forward,a b c ab", "direction=backward,ab c b a", "cursor=2,b c ab",
            "cursor=2&direction=backward,c b a", "limit=2,a b", "limit=2&direction=backward,ab c", "limit=0,''",
            "level=info,a b c ab", "level=warn,b", "search=b,b ab", "search=B,''"})
    void select_showsWhatTheQueryAsksFor(String query, String texts) {
        List<LogLine> selected = LogQuery.parseV2(QueryString.parse(query)).select(LINES);

        assertThat(selected.stream().map(LogLine::text).toList())
                .isEqualTo(texts.isEmpty() ? List.of() : List.of(texts.split(" ", -1)));
    }

    @Test
    void select_ofTheOlderForm_startsAtATime() {
        assertThat(LogQuery.parseV1(QueryString.parse("start=3&limit=10")).select(LINES)).containsExactly(LINES.get(3));
    }

    @Test
    void parse_longSearch_isRefused() {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> LogQuery.parseV2(QueryString.parse("search=" + "x".repeat(257))))
                .withMessageContaining("257");
    }

    private static LogLine line(long millis, String stream, String text) {
        return new LogLine(Instant.ofEpochMilli(millis), stream, text);
    }
}
