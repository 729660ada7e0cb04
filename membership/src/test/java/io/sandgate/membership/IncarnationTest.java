package io.sandgate.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IncarnationTest {
    private static final InstantSource CLOCK = at(1_000_000);

    @TempDir
    Path directory;

    @Test
    void starts_inTheSameSecond_getGrowingNumbers() {
        assertThat(Incarnation.next(directory, CLOCK)).isEqualTo(1_000_000);
        assertThat(Incarnation.next(directory, CLOCK)).isEqualTo(1_000_001);
        assertThat(Incarnation.next(directory, CLOCK)).isEqualTo(1_000_002);
    }

    @Test
    void clock_thatWentBack_doesNotLowerTheNumber() {
        Incarnation.next(directory, CLOCK);

        assertThat(Incarnation.next(directory, at(5))).isEqualTo(1_000_001);
        assertThat(Incarnation.next(directory, at(-5))).isEqualTo(1_000_002);
    }

    @Test
    void number_isOnDiskWhenItIsReturned_andNothingElse() throws IOException {
        long next = Incarnation.next(directory, CLOCK);

        try (var files = Files.list(directory)) {
            assertThat(files).singleElement()
                    .satisfies(file -> assertThat(file).hasContent(next + "\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1000", "\n", "-7\n", "12x\n", "1\n2\n", "9223372036854775807\n",
            "99999999999999999999999\n", "\0\0\0\0"})
    void file_thatIsHalfWrittenOrGarbage_doesNotStopTheStart(String content) throws IOException {
        Files.writeString(directory.resolve("incarnation"), content);

        assertThat(Incarnation.next(directory, CLOCK)).isEqualTo(1_000_000);
        assertThat(Incarnation.next(directory, CLOCK)).isEqualTo(1_000_001);
    }

    @Test
    void file_thatIsHuge_isNotReadWhole() throws IOException {
        Files.writeString(directory.resolve("incarnation"), "1".repeat(10_000_000));

        assertThat(Incarnation.next(directory, CLOCK)).isEqualTo(1_000_000);
    }

    @Test
    void temporaryFile_thatACrashLeft_isOverwritten() throws IOException {
        Files.writeString(directory.resolve("incarnation"), "2000000\n");
        Files.writeString(directory.resolve("incarnation.tmp"), "20000000000000000");

        assertThat(Incarnation.next(directory, CLOCK)).isEqualTo(2_000_001);
    }

    @Test
    void directory_thatIsMissing_isNamedWithItsSetting() {
        Path missing = directory.resolve("missing");

        assertThatThrownBy(() -> Incarnation.next(missing, CLOCK)).isInstanceOf(MembershipException.class)
                .hasMessageStartingWith("sandgate.data.dir: " + missing).hasMessageContaining("make the directory");
    }

    private static InstantSource at(long second) {
        return () -> Instant.ofEpochSecond(second);
    }
}
