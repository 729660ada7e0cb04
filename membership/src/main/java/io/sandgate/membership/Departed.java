package io.sandgate.membership;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The members that left, as they were last: a fixed number of them, of which the one that left first is forgotten. May be
/// used from any thread.
final class Departed {
    /// Replicas that are remembered.
    static final int MOST = 1_000;

    private final Map<String, Member> members = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Member> eldest) {
            return size() > MOST;
        }
    };

    synchronized void add(Member member) {
        // again to the end
        members.remove(member.id());
        members.put(member.id(), member);
    }

    synchronized Optional<Member> find(String id) {
        return Optional.ofNullable(members.get(id));
    }
}
