package io.sandgate.api;

import io.sandgate.membership.Membership;
import io.sandgate.membership.MembershipChange;
import io.sandgate.membership.MembershipListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells a listener who is a member, and what changes from then on: what it hears last of each is how that is.
///
/// What changes while the members are read is told after them: otherwise one that leaves at that moment would be told of as one
/// who left, and then as one who is there, for good.
final class Following implements MembershipListener {
    private final MembershipListener listener;
    /// What has changed since the members are read; null when they have been told. Guarded by this.
    private @Nullable List<MembershipChange> meanwhile = new ArrayList<>();

    private Following(MembershipListener listener) {
        this.listener = listener;
    }

    /// Tells all members, this replica among them, as joined before it returns, and each change from now on.
    static void follow(Membership membership, MembershipListener listener) {
        Following following = new Following(listener);
        membership.onChange(following);
        following.begin(membership);
    }

    private synchronized void begin(Membership membership) {
        membership.members().forEach(member -> listener.changed(new MembershipChange.Joined(member)));
        List<MembershipChange> changes = meanwhile;
        meanwhile = null;
        if (changes != null) {
            changes.forEach(listener::changed);
        }
    }

    @Override
    public synchronized void changed(MembershipChange change) {
        if (meanwhile != null) {
            meanwhile.add(change);
        } else {
            listener.changed(change);
        }
    }
}
