package io.sandgate.sandbox.tenant;

import java.time.Instant;
import java.util.regex.Pattern;

/// An API key that was made through the API, without the key itself. One that was revoked stays, so that nothing brings it
/// back, and has no quota.
///
/// @param id one of its kind
/// @param team who owns what is made with it
/// @param name for people; not unique
/// @param hash the SHA-256 of the key, in hexadecimal
/// @param suffix the last four characters of the key, to tell it by
/// @param admin whether it may make and revoke keys of its team
/// @param createdAt when it was made
/// @param createdBy the name of the key that it was made with
/// @param quota what its sandboxes may take up
/// @param rate calls in a second to one replica, 0 for any number, or [#STANDARD_RATE]
/// @param revokedAt when it was revoked, or [#NEVER]
/// @param version of all of this but `revokedAt`
public record KeyRecord(String id, String team, String name, String hash, String suffix, boolean admin,
        Instant createdAt, String createdBy, Quota quota, int rate, Instant revokedAt, KeyVersion version) {

    /// Stands for the rate that the replica sets for all keys.
    public static final int STANDARD_RATE = -1;

    /// Stands for not revoked.
    public static final Instant NEVER = Instant.MAX;

    private static final Pattern TEAM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,100}");

    public KeyRecord {
        if (!TEAM.matcher(team).matches()) {
            throw new IllegalArgumentException(
                    "team: (expected: 1-63 letters, digits, dots, dashes or underscores, the first a letter or digit)");
        }
        if (!NAME.matcher(name).matches() || name.isBlank()) {
            throw new IllegalArgumentException("name: (expected: 1-100 printable characters)");
        }
        if (rate < STANDARD_RATE || rate > RateLimiter.MAX_RATE) {
            throw new IllegalArgumentException(
                    "rateLimit: " + rate + " (expected: 0-" + RateLimiter.MAX_RATE + " calls a second)");
        }
        if (revokedAt.isBefore(NEVER)) {
            quota = Quota.NONE;
            rate = STANDARD_RATE;
        }
    }

    /// Whether it is not valid any more.
    public boolean isRevoked() {
        return revokedAt.isBefore(NEVER);
    }

    /// This key under another name and with other limits.
    public KeyRecord with(String newName, Quota newQuota, int newRate) {
        return new KeyRecord(id, team, newName, hash, suffix, admin, createdAt, createdBy, newQuota, newRate, revokedAt,
                version);
    }

    KeyRecord revoked(Instant instant) {
        return new KeyRecord(id, team, name, hash, suffix, admin, createdAt, createdBy, quota, rate, instant, version);
    }

    KeyRecord as(KeyVersion newVersion) {
        return new KeyRecord(id, team, name, hash, suffix, admin, createdAt, createdBy, quota, rate, revokedAt,
                newVersion);
    }

    /// Without the hash.
    @Override
    public String toString() {
        return "KeyRecord[id=" + id + ", team=" + team + ", name=" + name + ", admin=" + admin + ", revoked="
                + isRevoked() + ", version=" + version + "]";
    }
}
