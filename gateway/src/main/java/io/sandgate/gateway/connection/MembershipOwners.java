package io.sandgate.gateway.connection;

import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.sandgate.membership.Standing;
import java.util.List;
import java.util.Optional;

/// The replicas that hold connections, by the membership.
///
/// One that was a member and is none any more is gone; of one that was never seen nobody knows, until it counts as dead.
public final class MembershipOwners implements Owners {
    private final Membership membership;

    public MembershipOwners(Membership membership) {
        this.membership = membership;
    }

    @Override
    public Health health(String replica, long incarnation) {
        Optional<Member> member = member(replica);
        MemberHealth health = membership.health(replica);
        if (member.isEmpty()) {
            boolean over = membership.lastKnown(replica).isPresent() || health == MemberHealth.DEAD;
            return over && isSelfTrusted() ? Health.GONE : Health.SILENT;
        }
        if (member.get().state() == MemberState.JOINING && member.get().incarnation() > incarnation) {
            // whoever joins has no client yet: what it had was in another life
            return Health.GONE;
        }
        return health == MemberHealth.ROUTABLE ? Health.ROUTABLE : Health.SILENT;
    }

    @Override
    public Optional<Member> member(String replica) {
        return membership.members().stream().filter(member -> member.id().equals(replica)).findFirst();
    }

    @Override
    public List<String> routable() {
        String self = membership.self().id();
        return membership.members().stream().map(Member::id)
                .filter(id -> !id.equals(self) && membership.health(id) == MemberHealth.ROUTABLE).toList();
    }

    @Override
    public boolean isSelfTrusted() {
        Standing standing = membership.standing();
        return standing.probesPass() && !standing.fenced();
    }
}
