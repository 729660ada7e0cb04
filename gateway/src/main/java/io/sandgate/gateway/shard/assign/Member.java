package io.sandgate.gateway.shard.assign;

import java.util.LinkedHashSet;
import java.util.Set;

/// One life of a member that polls, with what it has. All its leases are as old as its last poll.
final class Member {
    final String name;
    final long life;
    final Set<Shard> holds = new LinkedHashSet<>();
    long heardAt;
    /// Whether it is to be told something that its last orders did not say.
    boolean news = true;

    Member(String name, long life, long heardAt) {
        this.name = name;
        this.life = life;
        this.heardAt = heardAt;
    }
}
