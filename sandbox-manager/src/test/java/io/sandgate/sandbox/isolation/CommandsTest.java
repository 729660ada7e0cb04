package io.sandgate.sandbox.isolation;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(20)
class CommandsTest {

    @Test
    void run_thatHangsWithoutAWord_isEndedAndSaysSo() {
        assertThatThrownBy(() -> Commands.run(Duration.ofMillis(200), "", "sleep", "600"))
                .isInstanceOf(IOException.class).hasMessage("sleep did not end within 200 ms");
    }

    @Test
    void run_thatFails_saysWhatItSaid() {
        assertThatThrownBy(() -> Commands.run("input", "sh", "-c", "read line; echo \"no $line\" >&2; exit 3"))
                .isInstanceOf(IOException.class).hasMessage("sh failed: no input");
    }

    @Test
    void run_thatDoesNotReadItsInput_saysWhatItSaid() {
        assertThatThrownBy(() -> Commands.run("x".repeat(1 << 20), "sh", "-c", "echo why; exit 1"))
                .isInstanceOf(IOException.class).hasMessage("sh failed: why");
    }

    @Test
    void run_thatEnds_isDone() {
        assertThatCode(() -> Commands.run("", "true")).doesNotThrowAnyException();
    }
}
