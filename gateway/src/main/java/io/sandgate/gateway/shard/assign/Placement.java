package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.membership.Ownership;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Who should have which shard: [Ownership] over the members that may hold some and are heard.
final class Placement {
    private Set<Integer> counts = Set.of();
    private Set<String> eligible = Set.of();
    private List<String> present = List.of();
    private long presentSince;
    /// By the count of shards, then by number.
    private final Map<Integer, List<String>> owners = new HashMap<>();

    Placement(long now) {
        presentSince = now;
    }

    void plan(Collection<Integer> planned) {
        counts = Set.copyOf(new HashSet<>(planned));
        place();
    }

    void eligible(Collection<String> members) {
        eligible = Set.copyOf(new HashSet<>(members));
    }

    boolean isEligible(String member) {
        return eligible.contains(member);
    }

    /// Looks at who is heard.
    ///
    /// @return whether others than before should have shards
    boolean heard(Collection<String> members, long now) {
        TreeSet<String> sorted = new TreeSet<>(members);
        sorted.retainAll(eligible);
        List<String> newlyPresent = List.copyOf(sorted);
        if (newlyPresent.equals(present)) {
            return false;
        }
        present = newlyPresent;
        presentSince = now;
        place();
        return true;
    }

    private void place() {
        owners.clear();
        if (!present.isEmpty()) {
            counts.forEach(count -> owners.put(count, Ownership.owners(count, present, count)));
        }
    }

    /// Since when the members are the same.
    long presentSince() {
        return presentSince;
    }

    /// Who should have a shard; nobody when there is no member that could.
    Optional<String> desired(ShardId id) {
        return Optional.ofNullable(owners.get(id.count())).map(byNumber -> byNumber.get(id.number()));
    }
}
