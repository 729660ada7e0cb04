package io.sandgate.sandbox;

import io.sandgate.sandbox.Transition.Kind;
import io.sandgate.sandbox.driver.SandboxDriver;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class MovesTest {

    private final SandboxSettings settings = SandboxSettings.defaults();
    private final Moves moves = new Moves(settings);

    @ParameterizedTest
    @EnumSource(names = {"COPY", "CREATE"})
    void longest_ofWhatCopiesADisk_isMoreThanTheCopyMayTake(Kind kind) {
        assertThat(moves.longest(kind)).isGreaterThan(SandboxDriver.LONGEST_COPY.plus(settings.startTimeout()));
    }

    @Test
    void longest_ofAKill_isMinutes() {
        assertThat(moves.longest(Kind.KILL)).isBetween(settings.killTimeout(), Duration.ofMinutes(2));
    }
}
