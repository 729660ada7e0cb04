package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Goes on with a rescale, step by step, as the shards and the replicas come along.
final class Rescale {
    /// Of each old shard that was cut over, the version of the plan that said so.
    private final Map<Integer, Long> cutAt = new HashMap<>();

    /// The next plan, or the same one when there is nothing to do yet.
    ///
    /// @param isLive whether a shard's events flow
    /// @param known the lowest version of the plan that a replica which holds shards follows
    Plan advance(Plan plan, Predicate<ShardId> isLive, long known) {
        if (!plan.isRescaling()) {
            cutAt.clear();
            return plan;
        }
        Set<Integer> cut = new TreeSet<>();
        Set<Integer> retired = new TreeSet<>();
        boolean each = plan.next() % plan.count() == 0;
        boolean all = each || plan.successors(0).stream().allMatch(isLive);
        for (int old = 0; old < plan.count(); old++) {
            if (plan.retired().contains(old)) {
                continue;
            }
            if (plan.cut().contains(old)) {
                // a leader that did not say so itself does not know when it was said: it waits for the present version
                if (known >= cutAt.computeIfAbsent(old, ignored -> plan.version())) {
                    retired.add(old);
                }
            } else if (each ? plan.successors(old).stream().allMatch(isLive) : all) {
                cut.add(old);
            }
        }
        if (plan.retired().size() == plan.count()) {
            return plan.only(plan.next());
        }
        if (cut.isEmpty() && retired.isEmpty()) {
            return plan;
        }
        Plan next = plan.with(cut, retired);
        cut.forEach(old -> cutAt.put(old, next.version()));
        return next;
    }
}
