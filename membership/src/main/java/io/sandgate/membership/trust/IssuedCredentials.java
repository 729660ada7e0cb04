package io.sandgate.membership.trust;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Credentials that the replica issues itself with the authority of its cluster: new ones in the middle of their life, and
/// when the clock was set so far back that they are not valid.
final class IssuedCredentials implements CredentialSource {
    private static final Duration RENEW_AFTER = ClusterAuthority.LIFE.dividedBy(2);

    private final ClusterAuthority authority;
    private final String id;
    private final InstantSource clock;
    private final SecureRandom random;
    private Instant issued = Instant.MIN;
    private @Nullable Credentials last;

    IssuedCredentials(ClusterAuthority authority, String id, InstantSource clock, SecureRandom random) {
        this.authority = authority;
        this.id = id;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Credentials current() {
        Instant now = clock.instant();
        Credentials known = last;
        if (known == null || now.isBefore(issued) || !now.isBefore(issued.plus(RENEW_AFTER))) {
            known = authority.issue(id, now, random);
            last = known;
            issued = now;
        }
        return known;
    }
}
