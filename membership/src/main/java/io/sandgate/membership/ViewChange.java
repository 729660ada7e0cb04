package io.sandgate.membership;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The other members of a new view of the group, by their addresses.
///
/// @param members everyone in the view but this replica
/// @param cameBack those of them who were in another half of the cluster until this view
/// @param returned whether this replica itself was in no half that mattered: others, who were at least as many as half of
///        the view, had been going on without it
record ViewChange<A>(Set<A> members, Set<A> cameBack, boolean returned) {

    ViewChange {
        members = Set.copyOf(members);
        cameBack = Set.copyOf(cameBack);
    }

    /// A view in which nobody came back.
    static <A> ViewChange<A> plain(Set<A> members) {
        return new ViewChange<>(members, Set.of(), false);
    }

    /// A view that merges subgroups.
    ///
    /// Subgroups may overlap: a replica that was paused wakes up with the old full view, so that its subgroup holds
    /// everyone, while the subgroup of the others lacks it. Two replicas were apart when some subgroup holds only one of
    /// them.
    static <A> ViewChange<A> merged(A self, Set<A> before, Set<A> now, List<Set<A>> subgroups) {
        Set<A> cameBack = new HashSet<>();
        for (A member : now) {
            boolean apart = subgroups.stream().anyMatch(group -> group.contains(member) != group.contains(self));
            if (apart || !before.contains(member)) {
                cameBack.add(member);
            }
        }
        boolean returned = subgroups.stream()
                .anyMatch(group -> !group.contains(self) && group.size() * 2 >= now.size() + 1);
        return new ViewChange<>(now, cameBack, returned);
    }

    /// This view and a later one as one step.
    ViewChange<A> then(ViewChange<A> later) {
        Set<A> both = new HashSet<>(cameBack);
        both.addAll(later.cameBack);
        both.retainAll(later.members);
        return new ViewChange<>(later.members, both, returned || later.returned);
    }
}
