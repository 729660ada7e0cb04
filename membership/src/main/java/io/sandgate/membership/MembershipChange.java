package io.sandgate.membership;

/// One change in the membership.
public sealed interface MembershipChange {

    /// The member that changed, as it is now; for one that left, as it was last.
    Member member();

    /// A member became visible, or came back with a new incarnation. In the second case it replaces the one of the same
    /// id, and no [Left] comes before it.
    record Joined(Member member) implements MembershipChange {}

    /// A visible member announced another state or address.
    record Updated(Member member) implements MembershipChange {}

    /// A member left cleanly or was found dead.
    record Left(Member member) implements MembershipChange {}

    /// Two halves of the cluster found each other again, and the member was in the other one: everyone must compare with
    /// everyone. Comes once the member is visible, so after its [Joined] if it had been found dead in between.
    record Merged(Member member) implements MembershipChange {}
}
