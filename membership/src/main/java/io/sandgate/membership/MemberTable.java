package io.sandgate.membership;

import io.sandgate.membership.MembershipChange.Joined;
import io.sandgate.membership.MembershipChange.Left;
import io.sandgate.membership.MembershipChange.Merged;
import io.sandgate.membership.MembershipChange.Updated;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The other members that are visible, computed from views and announcements alone.
///
/// A member is visible when its address is in the view and it has announced itself. For each id one address is visible:
/// the one with the largest incarnation, and the smaller address among equals, so that all replicas choose alike. Belongs
/// to one thread.
final class MemberTable<A extends Comparable<? super A>> {

    /// Hears of each announcement that had no effect.
    interface Ignored {
        void ignored(IgnoreReason reason, Announcement announcement);
    }

    private record Visible<A>(A address, Announcement last) {}

    private final String selfId;
    private final Ignored ignored;
    private final TreeMap<String, Visible<A>> visible = new TreeMap<>();
    private final Set<A> cameBack = new HashSet<>();
    private Set<A> view = Set.of();

    MemberTable(String selfId, Ignored ignored) {
        this.selfId = selfId;
        this.ignored = ignored;
    }

    /// The visible members in the order of their ids.
    List<Member> members() {
        return visible.values().stream().map(entry -> entry.last.member()).toList();
    }

    /// Whether an announcement had effect: it is the very one that its member is now shown by.
    @SuppressWarnings("ReferenceEquality") // an equal one that came twice was ignored
    boolean accepted(Announcement announcement) {
        Visible<A> entry = visible.get(announcement.member().id());
        return entry != null && entry.last == announcement;
    }

    List<MembershipChange> viewChanged(ViewChange<A> change) {
        List<MembershipChange> changes = new ArrayList<>();
        view = change.members();
        cameBack.addAll(change.cameBack());
        cameBack.retainAll(view);
        for (Iterator<Visible<A>> entries = visible.values().iterator(); entries.hasNext();) {
            Visible<A> entry = entries.next();
            if (!view.contains(entry.address)) {
                entries.remove();
                changes.add(new Left(entry.last.member()));
            }
        }
        for (Visible<A> entry : visible.values()) {
            addMerged(entry.address, entry.last.member(), changes);
        }
        return changes;
    }

    List<MembershipChange> announced(A from, Announcement announcement) {
        if (!view.contains(from)) {
            return ignore(IgnoreReason.NOT_IN_VIEW, announcement);
        }
        Member member = announcement.member();
        if (member.id().equals(selfId)) {
            return ignore(IgnoreReason.DUPLICATE_ID, announcement);
        }
        if (isVisibleAsAnother(from, member.id())) {
            return ignore(IgnoreReason.CHANGED_ID, announcement);
        }
        Visible<A> entry = visible.get(member.id());
        if (entry == null) {
            return join(from, announcement);
        }
        if (!entry.address.equals(from)) {
            return wins(from, member, entry)
                    ? join(from, announcement)
                    : ignore(IgnoreReason.DUPLICATE_ID, announcement);
        }
        return announcedAgain(entry, announcement);
    }

    private List<MembershipChange> announcedAgain(Visible<A> entry, Announcement announcement) {
        Member member = announcement.member();
        Member before = entry.last.member();
        if (member.incarnation() < before.incarnation()) {
            return ignore(IgnoreReason.OLD_INCARNATION, announcement);
        }
        if (member.incarnation() > before.incarnation()) {
            return join(entry.address, announcement);
        }
        if (announcement.sequence() <= entry.last.sequence()) {
            return ignore(IgnoreReason.OLD_SEQUENCE, announcement);
        }
        visible.put(member.id(), new Visible<>(entry.address, announcement));
        return member.equals(before) ? List.of() : List.of(new Updated(member));
    }

    private List<MembershipChange> join(A from, Announcement announcement) {
        List<MembershipChange> changes = new ArrayList<>();
        Member member = announcement.member();
        visible.put(member.id(), new Visible<>(from, announcement));
        changes.add(new Joined(member));
        addMerged(from, member, changes);
        return changes;
    }

    private void addMerged(A address, Member member, List<MembershipChange> changes) {
        if (cameBack.remove(address)) {
            changes.add(new Merged(member));
        }
    }

    private boolean isVisibleAsAnother(A from, String id) {
        for (Map.Entry<String, Visible<A>> entry : visible.entrySet()) {
            if (entry.getValue().address.equals(from) && !entry.getKey().equals(id)) {
                return true;
            }
        }
        return false;
    }

    private static <A extends Comparable<? super A>> boolean wins(A from, Member member, Visible<A> entry) {
        int order = Long.compare(member.incarnation(), entry.last.member().incarnation());
        return order > 0 || (order == 0 && from.compareTo(entry.address) < 0);
    }

    private List<MembershipChange> ignore(IgnoreReason reason, Announcement announcement) {
        ignored.ignored(reason, announcement);
        return List.of();
    }
}
