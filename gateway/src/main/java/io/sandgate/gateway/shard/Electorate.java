package io.sandgate.gateway.shard;

import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import java.util.List;

/// Who votes, who may lead and who may hold shards, as the membership says now. May be used on any thread.
///
/// @param membership of the cluster
/// @param expected how many replicas there are when none is missing, as configured
record Electorate(Membership membership, int expected) {

    /// How many votes there are: those that are configured, or as many as were seen together.
    int size() {
        return Math.max(expected, membership.standing().lastStableView());
    }

    /// All members that can be asked, without this replica.
    List<String> others() {
        String self = membership.self().id();
        return membership.members().stream().map(Member::id).filter(id -> !id.equals(self)).toList();
    }

    /// Who may lead and hold shards, in the order of their ids.
    List<String> candidates() {
        return membership.members().stream().filter(member -> member.state() == MemberState.READY)
                .filter(member -> membership.health(member.id()) == MemberHealth.ROUTABLE).map(Member::id).toList();
    }
}
