package io.sandgate.gateway.shard.protocol;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CloseRuleTest {

    @ParameterizedTest
    @CsvSource({"-1, RESUME", "1000, RESUME", "1001, RESUME", "1005, RESUME", "1006, RESUME", "1011, RESUME",
            "4000, RESUME",
            "4001, RESUME", "4002, RESUME", "4003, NEW_SESSION", "4004, STOP_ALL", "4005, NEW_SESSION", "4006, RESUME",
            "4007, NEW_SESSION", "4008, RESUME_AFTER_BACKOFF", "4009, NEW_SESSION", "4010, STOP_SHARD", "4011, RESHARD",
            "4012, STOP_SHARD", "4013, STOP_ALL", "4014, STOP_ALL", "4015, RESUME", "0, RESUME", "65535, RESUME"})
    void of_code_isTheRuleOfTheTable(int code, CloseRule rule) {
        assertThat(CloseRule.of(code)).isEqualTo(rule);
    }

    @Test
    void of_allOtherCodes_resume() {
        Set<Integer> others = new TreeSet<>();
        IntStream.range(-10, 70_000).filter(code -> CloseRule.of(code) != CloseRule.RESUME).forEach(others::add);
        assertThat(others).containsExactly(4003, 4004, 4005, 4007, 4008, 4009, 4010, 4011, 4012, 4013, 4014);
    }

    @Test
    void meaning_codeThatStops_saysWhatToDo() {
        assertThat(CloseRule.meaning(4004)).isEqualTo("the token is wrong: set sandgate.shards.token");
        for (int code : new int[]{4004, 4010, 4011, 4013, 4014}) {
            assertThat(CloseRule.meaning(code)).contains("sandgate.shards.");
        }
        assertThat(CloseRule.meaning(4999)).contains("4999");
    }

    @Test
    void meaning_eachCode_isInWords() {
        assertThat(IntStream.range(-1, 5000)).allSatisfy(code -> assertThat(CloseRule.meaning(code)).isNotBlank());
    }
}
