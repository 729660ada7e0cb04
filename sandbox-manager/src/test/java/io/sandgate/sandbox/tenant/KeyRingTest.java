package io.sandgate.sandbox.tenant;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Keys that are made, found, changed and revoked.
class KeyRingTest {

    private static final NewKey WISH = new NewKey("team-a", "ci", false, "root", new Quota(3, 1024, 4), 5);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-31T12:00:00Z"));
    private final MemoryKeyStore store = new MemoryKeyStore();
    private final KeyRing ring = ring(store, "r1", 100);

    @Test
    void created_key_isFoundByItsTextAlone() {
        KeyRing.Created created = ring.create(WISH);

        assertThat(created.key()).matches("e2b_[0-9a-f]{40}").endsWith(created.record().suffix());
        assertThat(ring.find(created.key())).contains(created.record());
        assertThat(ring.find(created.key() + "0")).isEmpty();
        assertThat(store.records).containsKey(created.record().id());
    }

    @Test
    void created_key_isNowhereInText() {
        KeyRing.Created created = ring.create(WISH);

        String shown = created + " " + ring.valid() + " " + store.records;
        assertThat(shown).doesNotContain(created.key().substring(8)).doesNotContain(created.record().hash());
    }

    @Test
    void revoked_key_isFoundNeverAgain() {
        KeyRing.Created created = ring.create(WISH);

        assertThat(ring.revoke(created.record().id())).isPresent();

        assertThat(ring.find(created.key())).isEmpty();
        assertThat(ring.get(created.record().id())).isEmpty();
        assertThat(ring.revoke(created.record().id())).isEmpty();
        ring.join(List.of(created.record()));
        assertThat(ring.find(created.key())).isEmpty();
        assertThat(ring(store, "r1", 100).find(created.key())).isEmpty();
    }

    @Test
    void change_afterARestart_isNewerThanWhatWasThere() {
        KeyRecord record = ring.create(WISH).record();
        ring.change(record.id(), key -> key.with("second", key.quota(), key.rate()));

        KeyRing restarted = ring(store, "r1", 100);
        restarted.change(record.id(), key -> key.with("third", key.quota(), key.rate()));

        ring.join(restarted.records(List.of(record.id())));
        assertThat(ring.get(record.id()).map(KeyRecord::name)).contains("third");
    }

    @Test
    void joinedRings_haveTheSameDigest() {
        KeyRing other = ring(new MemoryKeyStore(), "r2", 100);
        KeyRecord mine = ring.create(WISH).record();
        other.create(WISH);
        assertThat(ring.digest()).isNotEqualTo(other.digest());

        other.join(ring.records(ring.fingerprints().keySet()));
        ring.join(other.records(other.fingerprints().keySet()));
        assertThat(ring.digest()).isEqualTo(other.digest());

        other.revoke(mine.id());
        assertThat(ring.digest()).isNotEqualTo(other.digest());
    }

    @Test
    void change_thatIsNotOnTheDisk_isNotInMemory() {
        KeyRing.Created created = ring.create(WISH);
        store.broken = true;

        assertThatThrownBy(() -> ring.revoke(created.record().id())).hasMessageContaining("disk");
        assertThat(ring.find(created.key())).isPresent();
    }

    @Test
    void fullRing_dropsWhatWasRevokedLongAgoAndNothingElse() {
        KeyRing small = ring(store, "r1", 3);
        KeyRecord old = small.create(WISH).record();
        KeyRing.Created kept = small.create(WISH);
        KeyRecord young = small.create(WISH).record();
        small.revoke(old.id());
        assertThat(small.isFull()).isTrue();

        now.updateAndGet(instant -> instant.plus(Duration.ofDays(31)));
        small.revoke(young.id());
        assertThat(small.isFull()).isFalse();
        small.create(WISH);

        assertThat(store.records).doesNotContainKey(old.id()).containsKey(young.id()).hasSize(3);
        assertThat(small.find(kept.key())).isPresent();
        assertThat(small.isFull()).isTrue();
    }

    @Test
    void name_orTeamThatIsNotAllowed_isRefused() {
        assertThatThrownBy(() -> ring.create(new NewKey("a b", "ci", false, "root", Quota.NONE, -1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("team");
        assertThatThrownBy(() -> ring.create(new NewKey("team-a", "a\nb", false, "root", Quota.NONE, -1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("name");
    }

    private KeyRing ring(KeyStore keys, String replica, int most) {
        return KeyRing.open(keys, replica, now::get, new Random(replica.hashCode()), most);
    }
}
