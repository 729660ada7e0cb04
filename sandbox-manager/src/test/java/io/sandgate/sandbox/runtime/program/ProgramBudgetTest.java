package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.Programs.Spec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProgramBudgetTest {

    private final ProgramBudget budget = new ProgramBudget(3);

    private static Spec spec(String argument, String value, String tag) {
        return new Spec("true", List.of(argument), Map.of("A", value), "", "", Optional.empty(), false, tag,
                Optional.empty());
    }

    private void assertRefused(Spec spec, Code code) {
        assertThatThrownBy(() -> budget.take(spec)).isInstanceOfSatisfying(GuestException.class,
                e -> Assertions.assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void take_beyondTheNumber_isRefusedUntilOneIsGivenBack() {
        Spec small = spec("", "", "");
        for (int i = 0; i < 3; i++) {
            budget.take(small);
        }
        assertRefused(small, Code.RESOURCE_EXHAUSTED);

        budget.giveBack(small);
        assertThatCode(() -> budget.take(small)).doesNotThrowAnyException();
    }

    @Test
    void take_wordsAndVariablesBeyondTheBound_isRefusedUntilTheyAreGivenBack() {
        String half = "x".repeat((int) ProgramBudget.MOST_CHARACTERS / 2);
        Spec words = spec(half, "", "");
        budget.take(words);
        assertRefused(spec("", half, ""), Code.RESOURCE_EXHAUSTED);
        assertThatCode(() -> budget.take(spec("", "", ""))).doesNotThrowAnyException();

        budget.giveBack(words);
        assertThatCode(() -> budget.take(spec("", half, ""))).doesNotThrowAnyException();
    }

    @Test
    void take_longTag_isRefused() {
        assertRefused(spec("", "", "t".repeat(ProgramBudget.LONGEST_TAG + 1)), Code.INVALID_ARGUMENT);
    }
}
