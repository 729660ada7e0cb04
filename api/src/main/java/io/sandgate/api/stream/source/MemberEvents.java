package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.membership.Member;
import io.sandgate.membership.MembershipChange;
import io.sandgate.membership.MembershipListener;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The events of the members, as this replica sees them; every replica tells its own subscribers. What it knows is guarded by
/// the lock of [Telling].
final class MemberEvents implements MembershipListener, Source {
    static final String PREFIX = "member/";
    private static final String JOINED = "member.joined";
    private static final String UPDATED = "member.updated";
    private static final String LEFT = "member.left";

    private final Telling telling;
    private final InstantSource clock;
    private final Map<String, Member> present = new HashMap<>();

    MemberEvents(Telling telling, InstantSource clock) {
        this.telling = telling;
        this.clock = clock;
    }

    @Override
    public void changed(MembershipChange change) {
        switch (change) {
            case MembershipChange.Left(Member member) -> left(member);
            case MembershipChange.Joined(Member member) -> seen(member);
            case MembershipChange.Updated(Member member) -> seen(member);
            case MembershipChange.Merged(Member member) -> seen(member);
        }
    }

    /// A member is as it says now, which may be as it was; this replica itself, too.
    void seen(Member member) {
        telling.inOrder(() -> {
            Member before = present.put(member.id(), member);
            if (before == null || before.incarnation() != member.incarnation()) {
                telling.tell(event(JOINED, member));
            } else if (!before.equals(member)) {
                telling.tell(event(UPDATED, member));
            }
        });
    }

    private void left(Member member) {
        telling.inOrder(() -> {
            if (present.remove(member.id()) != null) {
                telling.tell(event(LEFT, member));
            }
        });
    }

    private Event event(String kind, Member member) {
        JsonObject data = new JsonObject().put("member", member.id()).put("incarnation", member.incarnation())
                .put("state", Words.of(member.state())).put("peer", member.peer().toString())
                .put("public", member.publicEndpoint().toString());
        return event(kind, PREFIX + member.id(), data);
    }

    private Event event(String kind, String subject, JsonObject data) {
        return new Event(kind, subject, kind.equals(LEFT), clock.instant(), "", "", Map.of(), data.encode(),
                Reach.REPLICA);
    }

    // --- what the log has ---------------------------------------------------------------------------------------------------

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public Set<String> subjects() {
        Set<String> subjects = new HashSet<>();
        telling.inOrder(() -> present.keySet().forEach(id -> subjects.add(PREFIX + id)));
        return subjects;
    }

    @Override
    public Optional<Event> correction(String subject, @Nullable Event told) {
        Member member = present.get(subject.substring(PREFIX.length()));
        if (member == null) {
            return Optional.ofNullable(told).map(each -> event(LEFT, subject, Facts.of(each)));
        }
        Event now = event(told == null ? JOINED : UPDATED, member);
        return told != null && Facts.agree(told, now) ? Optional.empty() : Optional.of(now);
    }
}
