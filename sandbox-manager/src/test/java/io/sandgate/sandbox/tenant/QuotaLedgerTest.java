package io.sandgate.sandbox.tenant;

import io.sandgate.sandbox.tenant.Quota.Dimension;
import io.sandgate.sandbox.tenant.Quota.Excess;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Grants and what takes them back.
class QuotaLedgerTest {

    private static final Quota ONE = new Quota(1, Quota.NO_LIMIT, Quota.NO_LIMIT);

    private static final long SECOND = 1_000_000_000;

    private final QuotaLedger ledger = new QuotaLedger();
    private final ClaimBook book = new ClaimBook("a.1");

    @Test
    void claim_overALimit_saysWhichAndWhatIsUsed() {
        Quota quota = new Quota(3, 1_000, 2);
        assertThat(ledger.reserve("a", book.begin("k", 600, 1), quota)).isEmpty();

        assertThat(ledger.reserve("a", book.begin("k", 600, 1), quota))
                .contains(new Excess(Dimension.MEMORY, 1_000, 600, 600));
        assertThat(ledger.reserve("a", book.begin("k", 100, 2), quota)).contains(new Excess(Dimension.CPU, 2, 1, 2));
        assertThat(ledger.reserve("a", book.begin("k", 0, 0), new Quota(0, 9, 9)))
                .contains(new Excess(Dimension.SANDBOXES, 0, 1, 1));
        assertThat(ledger.reserve("a", book.begin("other", 600, 1), quota)).isEmpty();
    }

    @Test
    void claim_askedAgain_takesNoSecondPlace() {
        Claim claim = book.begin("k", 1, 1);

        assertThat(ledger.reserve("a", claim, ONE)).isEmpty();
        assertThat(ledger.reserve("a", claim, ONE)).isEmpty();
        assertThat(ledger.reserve("a", book.begin("k", 1, 1), ONE)).isPresent();
    }

    @Test
    void report_fromBeforeTheGrant_takesNothingOut() {
        ClaimReport before = book.report("k", Stream::empty);
        Claim claim = book.begin("k", 1, 1);
        ClaimReport waiting = book.report("k", Stream::empty);
        assertThat(ledger.reserve("a", claim, ONE)).isEmpty();

        ledger.report("k", "a", before);
        ledger.report("k", "a", waiting);

        assertThat(ledger.reserve("a", book.begin("k", 1, 1), ONE)).isPresent();
    }

    @Test
    void report_afterTheEnd_freesThePlace() {
        Claim claim = book.begin("k", 1, 1);
        assertThat(ledger.reserve("a", claim, ONE)).isEmpty();
        book.granted(claim);
        ledger.report("k", "a", book.report("k", Stream::empty));
        assertThat(ledger.reserve("a", book.begin("k", 1, 1), ONE)).isPresent();

        book.end(claim);
        ledger.report("k", "a", book.report("k", Stream::empty));

        assertThat(ledger.reserve("a", book.begin("k", 1, 1), ONE)).isEmpty();
    }

    @Test
    void report_ofTheNextLife_takesOutWhatTheLastOneLost() {
        assertThat(ledger.reserve("a", book.begin("k", 1, 1), ONE)).isEmpty();

        ledger.report("k", "a", new ClaimBook("a.2").report("k", Stream::empty));

        assertThat(ledger.reserve("a", book.begin("k", 1, 1), ONE)).isEmpty();
    }

    @Test
    void report_countsWhatWasThereBefore() {
        ledger.report("k", "b", new ClaimBook("b.2").report("k",
                () -> Stream.of(new Claim("k", "b.1-9", 1, 1), new Claim("other", "b.1-8", 1, 1))));

        assertThat(ledger.reserve("a", book.begin("k", 1, 1), ONE)).contains(new Excess(Dimension.SANDBOXES, 1, 1, 1));
    }

    @Test
    void membersThatChanged_orWereAskedLongAgo_haveToReportAnew() {
        assertThat(isComplete("k", 0, "a")).isFalse();
        ledger.completed("k", Set.of("a", "b"), 5, List.of("a", "b"));

        assertThat(isComplete("k", 5, "a", "b")).isTrue();
        assertThat(isComplete("k", 5 + SECOND - 1, "a", "b")).isTrue();
        assertThat(isComplete("k", 5 + SECOND, "a", "b")).isFalse();
        assertThat(isComplete("k", 5, "a")).isFalse();
        assertThat(isComplete("other", 5, "a", "b")).isFalse();
    }

    @Test
    void member_thatLeft_holdsNothing() {
        assertThat(ledger.reserve("b", book.begin("k", 1, 1), ONE)).isEmpty();
        ledger.completed("k", Set.of("a"), 0, List.of("a", "b"));
        assertThat(ledger.reserve("a", book.begin("k", 1, 1), ONE)).isPresent();

        ledger.completed("k", Set.of("a"), 0, List.of("a"));

        assertThat(ledger.reserve("a", book.begin("k", 1, 1), ONE)).isEmpty();
    }

    private boolean isComplete(String key, long now, String... members) {
        return ledger.isComplete(key, Set.of(members), now, Duration.ofNanos(SECOND));
    }
}
