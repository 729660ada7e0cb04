package io.sandgate.proxy.forward;

import io.sandgate.proxy.forward.ConnectionBudget.Share;
import io.sandgate.proxy.forward.ConnectionBudget.Verdict;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionBudgetTest {

    private final ConnectionBudget budget = new ConnectionBudget(ForwardSettings.DEFAULT);

    @Test
    void share_ofOneLife_isOneUntilTheLastLeaves() {
        Share first = budget.join("u1");
        Share second = budget.join("u1");
        assertThat(second).isSameAs(first);
        budget.leave(first);
        assertThat(budget.join("u1")).isSameAs(first);
        budget.leave(first);
        budget.leave(first);
        assertThat(budget.join("u1")).isNotSameAs(first);
    }

    @Test
    void room_thatIsGivenBack_isThereAgain() {
        Share share = budget.join("u1");
        int most = ForwardSettings.DEFAULT.upstreams().maxPerSandbox();
        for (int i = 0; i < most; i++) {
            assertThat(budget.take(share)).isEqualTo(Verdict.GRANTED);
        }
        assertThat(budget.take(share)).isEqualTo(Verdict.SANDBOX_FULL);
        assertThat(budget.take(budget.join("u2"))).isEqualTo(Verdict.GRANTED);
        budget.giveBack(share);
        assertThat(budget.take(share)).isEqualTo(Verdict.GRANTED);
        assertThat(budget.inFlight()).isEqualTo(most + 1);
    }
}
