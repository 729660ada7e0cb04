package io.sandgate.sandbox;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.tenant.KeyMerge;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyStore;
import io.sandgate.sandbox.tenant.KeyVersion;
import io.sandgate.sandbox.tenant.Quota;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// Keys that outlive the process.
class SqliteKeyStoreTest {

    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00.123Z");

    @TempDir
    Path directory;

    @Test
    void keys_areTheSameAfterReopening() {
        KeyRecord limited = key("k1", 1, new Quota(0, 512, Quota.NO_LIMIT), 7, KeyRecord.NEVER);
        KeyRecord free = key("k2", 3, Quota.NONE, KeyRecord.STANDARD_RATE, KeyRecord.NEVER);
        KeyRecord revoked = key("k3", 2, Quota.NONE, KeyRecord.STANDARD_RATE, TIME);
        try (Records records = open()) {
            records.keys().join(List.of(limited, free, revoked));
        }

        try (Records records = open()) {
            assertThat(records.keys().load()).containsExactlyInAnyOrder(limited, free, revoked);
            records.keys().delete(List.of("k1", "none"));
            assertThat(records.keys().load()).containsExactlyInAnyOrder(free, revoked);
        }
    }

    @Test
    void join_withAnOlderVersion_keepsRevocationAndTheNewerOne() {
        KeyRecord newer = key("k1", 2, new Quota(1, 1, 1), 0, KeyRecord.NEVER);
        KeyRecord revoked = key("k1", 1, Quota.NONE, 0, TIME);
        try (Records records = open()) {
            KeyStore keys = records.keys();
            keys.join(List.of(revoked));
            keys.join(List.of(newer));
            keys.join(List.of(key("k1", 1, Quota.NONE, 0, KeyRecord.NEVER)));

            assertThat(keys.load()).containsExactly(KeyMerge.join(newer, revoked));
            assertThat(keys.load()).first().matches(KeyRecord::isRevoked);
        }
    }

    private Records open() {
        return Records.open(directory, new SimpleMeterRegistry());
    }

    private static KeyRecord key(String id, long version, Quota quota, int rate, Instant revokedAt) {
        return new KeyRecord(id, "team-a", "ci ü", "00ff", "abcd", true, TIME, "root", quota, rate, revokedAt,
                new KeyVersion(version, "r1"));
    }
}
