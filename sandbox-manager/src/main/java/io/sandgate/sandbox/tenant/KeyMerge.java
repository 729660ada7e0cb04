package io.sandgate.sandbox.tenant;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// How what two replicas know of keys becomes one: in whatever order and however often it is heard, all end with the same.
///
/// Of one key the newer version counts, whole. A revocation is no version: once it was said anywhere it holds for ever, and
/// the earlier one of two counts. Two versions with one number, which only a replica that lost its records can make, are
/// told apart by their texts.
public final class KeyMerge {

    /// How long a revoked key is kept even where there are too many.
    static final Duration FENCE = Duration.ofDays(30);

    private KeyMerge() {}

    /// What is known of a key of which both of these were said.
    public static KeyRecord join(KeyRecord a, KeyRecord b) {
        Instant revokedAt = a.revokedAt().isBefore(b.revokedAt()) ? a.revokedAt() : b.revokedAt();
        int order = a.version().compareTo(b.version());
        KeyRecord later = order > 0 || (order == 0 && text(a).compareTo(text(b)) >= 0) ? a : b;
        return later.revoked(revokedAt);
    }

    /// The ids of those that are dropped where more than `most` are known: revoked long ago, the oldest first.
    static List<String> surplus(Map<String, KeyRecord> known, int most, Instant now) {
        int over = known.size() - most;
        if (over <= 0) {
            return List.of();
        }
        Instant before = now.minus(FENCE);
        return known.values().stream().filter(record -> record.revokedAt().isBefore(before))
                .sorted(Comparator.comparing(KeyRecord::revokedAt).thenComparing(KeyRecord::id)).limit(over)
                .map(KeyRecord::id).toList();
    }

    /// A number that differs where two records do.
    static long fingerprint(KeyRecord record) {
        return ByteBuffer.wrap(KeyHash.bytes(text(record))).getLong();
    }

    private static String text(KeyRecord r) {
        List<String> parts = new ArrayList<>(List.of(r.id(), r.team(), r.name(), r.hash(), r.suffix(), r.createdBy(),
                r.version().replica()));
        for (Object part : List.of(r.admin(), r.createdAt(), r.quota(), r.rate(), r.revokedAt(), r.version().count())) {
            parts.add(part.toString());
        }
        // no part has a control character, so the parts of two texts cannot be mistaken for each other
        return String.join("\n", parts);
    }
}
