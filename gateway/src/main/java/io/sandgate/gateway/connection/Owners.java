package io.sandgate.gateway.connection;

import io.sandgate.membership.Member;
import java.util.List;
import java.util.Optional;

/// What this replica makes of those that hold connections. May be called from any thread.
public interface Owners {

    /// What is known of a replica.
    enum Health {
        /// It is heard and healthy.
        ROUTABLE,
        /// It may be there and is not to be asked now.
        SILENT,
        /// It left, or began a new life in which it has no connection yet: what it held is over.
        GONE
    }

    /// The health of a replica that held something in an incarnation.
    Health health(String replica, long incarnation);

    /// Where a replica is reached; empty when it is no member.
    Optional<Member> member(String replica);

    /// The other replicas that are heard and healthy.
    List<String> routable();

    /// Whether this replica is healthy itself and has heard what it may have missed, so that it may say of others that
    /// they are gone, and write its own rows over what others said of them.
    boolean isSelfTrusted();
}
