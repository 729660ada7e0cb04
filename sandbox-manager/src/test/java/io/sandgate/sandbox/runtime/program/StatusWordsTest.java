package io.sandgate.sandbox.runtime.program;

import com.sun.management.ThreadMXBean;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StatusWordsTest {

    private final StatusWords words = new StatusWords();

    @Test
    void heard_inPieces_isPutTogether() {
        words.heard("pi".getBytes(US_ASCII));
        words.heard("d 12\nex".getBytes(US_ASCII));
        words.heard("it 3\n".getBytes(US_ASCII));

        assertThat(words.awaitPid(0, TimeUnit.SECONDS)).isEqualTo(12);
        assertThat(words.exitCode()).isEqualTo(3);
    }

    @Test
    void heard_lineWithoutEnd_isNotKept() {
        byte[] garbage = "x".repeat(64 * 1024).getBytes(US_ASCII);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        words.heard(garbage);
        long before = threads.getCurrentThreadAllocatedBytes();

        for (int i = 0; i < 1_000; i++) {
            words.heard(garbage);
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit \n", "exit x\n", "exit 99999999999\n", "exit -1\n", "exit 1 2\n"})
    void heard_whatIsNoExit_isNone(String said) {
        words.heard("pid 7\n".getBytes(US_ASCII));
        words.heard(said.getBytes(US_ASCII));

        assertThat(words.exitCode()).isEqualTo(-1);
        assertThat(words.awaitPid(0, TimeUnit.SECONDS)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pid x\n", "pid 99999999999\n", "\n", "else\n"})
    void awaitPid_afterAnotherWord_isRefused(String said) {
        words.heard(said.getBytes(US_ASCII));

        assertThatThrownBy(() -> words.awaitPid(0, TimeUnit.SECONDS)).isInstanceOfSatisfying(GuestException.class,
                e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    }

    @Test
    void awaitPid_whenNothingIsSaid_isOverInTime() {
        assertThatThrownBy(() -> words.awaitPid(1, TimeUnit.MILLISECONDS)).isInstanceOf(GuestException.class)
                .hasMessageContaining("in time");
    }
}
