package io.sandgate.sandbox.tenant;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

import static org.assertj.core.api.Assertions.assertThat;

/// Replicas that create and kill at the same time under one quota, with messages that overtake each other and get lost.
class QuotaSimulationTest {

    private static final String KEY = "k";
    private static final int STEPS = 400;
    private static final Quota QUOTA = new Quota(5, 3_000, Quota.NO_LIMIT);

    /// A replica that makes sandboxes.
    private static final class Holder {
        final String id;
        final ClaimBook book;
        final Map<String, Claim> sandboxes = new HashMap<>();

        Holder(String id) {
            this.id = id;
            this.book = new ClaimBook(id + ".1");
        }

        ClaimReport report() {
            return book.report(KEY, () -> sandboxes.values().stream());
        }
    }

    @RepeatedTest(200)
    void creates_inAnySchedule_neverExceedAndAlwaysComeBack(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        QuotaLedger ledger = new QuotaLedger();
        List<Holder> holders = List.of(new Holder("a"), new Holder("b"), new Holder("c"));
        List<Runnable> underWay = new ArrayList<>();
        // What was taken before this replica decides: it is told of it by the first reports.
        hold(holders.get(0), new Claim(KEY, "old-7", 100, 1));
        holders.forEach(holder -> ledger.report(KEY, holder.id, holder.report()));
        ledger.completed(KEY, Set.of("a", "b", "c"), 0, Set.of("a", "b", "c"));

        for (int step = 0; step < STEPS; step++) {
            Holder holder = holders.get(random.nextInt(3));
            switch (random.nextInt(4)) {
                case 0 -> underWay.add(ask(ledger, holder, random, underWay));
                case 1 -> {
                    ClaimReport report = holder.report();
                    underWay.add(() -> ledger.report(KEY, holder.id, report));
                }
                case 2 -> holder.sandboxes.keySet().stream().findAny().ifPresent(holder.sandboxes::remove);
                default -> {
                    if (!underWay.isEmpty()) {
                        underWay.remove(random.nextInt(underWay.size())).run();
                    }
                }
            }
            assertThat(excess(holders)).as("step %s", step).isFalse();
        }

        while (!underWay.isEmpty()) {
            underWay.removeFirst().run();
        }
        holders.forEach(holder -> holder.sandboxes.clear());
        holders.forEach(holder -> ledger.report(KEY, holder.id, holder.report()));
        for (int i = 0; i < QUOTA.sandboxes(); i++) {
            assertThat(ledger.reserve("b", holders.get(1).book.begin(KEY, 600, 1), QUOTA)).isEmpty();
        }
        assertThat(ledger.reserve("b", holders.get(1).book.begin(KEY, 1, 1), QUOTA)).isPresent();
    }

    /// A question, whose answer comes later or is given up waiting for; then the sandbox is made, or that fails.
    private static Runnable ask(QuotaLedger ledger, Holder holder, Random random, List<Runnable> underWay) {
        Claim claim = holder.book.begin(KEY, 1 + random.nextInt(1_000), 1);
        int fate = random.nextInt(4);
        return () -> {
            if (fate == 0) {
                holder.book.end(claim);
            }
            boolean granted = ledger.reserve(holder.id, claim, QUOTA).isEmpty();
            underWay.add(() -> {
                if (fate == 0 || !granted) {
                    holder.book.end(claim);
                    return;
                }
                holder.book.granted(claim);
                underWay.add(() -> {
                    if (fate != 1) {
                        hold(holder, claim);
                    }
                    holder.book.end(claim);
                });
            });
        };
    }

    private static void hold(Holder holder, Claim claim) {
        holder.sandboxes.put(claim.id(), claim);
    }

    private static boolean excess(List<Holder> holders) {
        Usage all = holders.stream().flatMap(holder -> holder.report().open().stream()).map(Claim::usage)
                .reduce(Usage.NONE, Usage::plus);
        return QUOTA.excess(all, Usage.NONE).isPresent();
    }
}
