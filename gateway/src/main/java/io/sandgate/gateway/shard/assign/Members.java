package io.sandgate.gateway.shard.assign;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/// The members that were heard within the time of a lease.
final class Members {
    private final long lease;
    private final Map<String, Member> present = new HashMap<>();
    /// Former lives whose leases may still be good.
    private final List<Member> former = new ArrayList<>();

    Members(long lease) {
        this.lease = lease;
    }

    /// Hears a member.
    ///
    /// @return it; empty for an earlier life than is known
    Optional<Member> hear(String name, long life, long now) {
        Member known = present.get(name);
        if (known != null && life < known.life) {
            return Optional.empty();
        }
        if (known != null && life == known.life) {
            known.heardAt = now;
            return Optional.of(known);
        }
        if (known != null && !known.holds.isEmpty()) {
            former.add(known);
        }
        Member member = new Member(name, life, now);
        present.put(name, member);
        return Optional.of(member);
    }

    /// Forgets those that were not heard for too long.
    ///
    /// @return what they had
    List<Shard> expire(long now) {
        List<Shard> left = new ArrayList<>();
        present.values().removeIf(member -> isGone(member, left, now));
        former.removeIf(member -> isGone(member, left, now));
        return left;
    }

    private boolean isGone(Member member, List<Shard> left, long now) {
        boolean gone = !isHeard(member, now);
        if (gone) {
            left.addAll(member.holds);
        }
        return gone;
    }

    boolean isHeard(Member member, long now) {
        return now - member.heardAt < lease;
    }

    Optional<Member> find(String name) {
        return Optional.ofNullable(present.get(name));
    }

    Set<String> names() {
        return present.keySet();
    }

    /// In how many nanoseconds each of them is forgotten unless it is heard.
    LongStream expiries(long now) {
        return LongStream.concat(present.values().stream().mapToLong(member -> member.heardAt),
                former.stream().mapToLong(member -> member.heardAt)).map(heardAt -> heardAt + lease - now);
    }
}
