package io.sandgate.membership;

/// Hears of changes in the membership.
@FunctionalInterface
public interface MembershipListener {
    /// A member joined, left, or announced something new of itself.
    void changed(MembershipChange change);
}
