package io.sandgate.membership;

import io.sandgate.membership.SweepVerdict.Allowed;
import io.sandgate.membership.SweepVerdict.Reason;
import io.sandgate.membership.SweepVerdict.Refused;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Who clears what a dead replica owned: the ready and routable member with the lowest id, if it can trust what it sees.
///
/// The order goes by our own ids: the coordinator of a view can be the replica that just came back. Two replicas can find
/// themselves allowed at once, on the two sides of a cut, so that a sweep must do no harm when it is done twice.
public final class SweepRule {
    /// How long the members must have been the same ones.
    public static final Duration WINDOW = Duration.ofSeconds(10);

    private SweepRule() {}

    /// Whether the replica with that id may sweep now.
    public static SweepVerdict verdict(String self, Standing standing, List<Member> members,
            Function<String, MemberHealth> health) {
        if (!standing.probesPass()) {
            return new Refused(Reason.PROBES_FAIL);
        }
        if (standing.fenced()) {
            return new Refused(Reason.FENCED);
        }
        if (standing.viewStableFor().compareTo(WINDOW) < 0) {
            return new Refused(Reason.UNSETTLED);
        }
        if (isTooMany(standing.missing(), standing.lastStableView())) {
            return new Refused(Reason.TOO_MANY_MISSING);
        }
        boolean sweeper = sweeper(members, health).filter(self::equals).isPresent();
        return sweeper ? new Allowed() : new Refused(Reason.NOT_THE_SWEEPER);
    }

    /// The verdict on a membership's own replica.
    public static SweepVerdict verdict(Membership membership) {
        return verdict(membership.self().id(), membership.standing(), membership.members(), membership::health);
    }

    /// Whether what the replica with that id owned may be cleared by the sweeper: it is dead, and no longer in the view.
    ///
    /// One that is in the view while this replica does not hear it is cut off from this one only: the others hear it, or
    /// it would have left. One that is heard and says for so long that it is unhealthy is cleared.
    public static boolean mayClear(Membership membership, String id) {
        boolean visible = membership.members().stream().anyMatch(member -> member.id().equals(id));
        return mayClear(membership.health(id), visible, membership.age(id));
    }

    static boolean mayClear(MemberHealth health, boolean visible, Duration silence) {
        return health == MemberHealth.DEAD && (!visible || silence.compareTo(WINDOW) <= 0);
    }

    /// The lowest id that is ready and routable; none when there is no such member.
    public static Optional<String> sweeper(List<Member> members, Function<String, MemberHealth> health) {
        return members.stream()
                .filter(member -> member.state() == MemberState.READY
                        && health.apply(member.id()) == MemberHealth.ROUTABLE)
                .map(Member::id).min(Comparator.naturalOrder());
    }

    /// Whether so many of a view may not be missing for what is left to act for all.
    static boolean isTooMany(int missing, int view) {
        return missing * 2 > view;
    }
}
