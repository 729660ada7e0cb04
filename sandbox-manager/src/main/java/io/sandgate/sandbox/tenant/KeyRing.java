package io.sandgate.sandbox.tenant;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/// The keys that were made through the API, as this replica knows them. Safe for any thread.
///
/// Whatever changes them is on the disk first and in memory then. Both are joins, in which order does not matter, so two
/// changes at the same time need no lock. A presented key is looked up by its SHA-256: how long that takes tells something
/// about the hash at most, and to choose a hash one would have to invert it.
public final class KeyRing {

    private static final int RANDOM_BYTES = 20;
    private static final int SUFFIX = 4;

    private final KeyStore store;
    private final String replica;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final int most;
    private volatile KeySnapshot snapshot;
    /// The highest number that this replica gave to a version: two changes of one key at the same time get two.
    private final AtomicLong lastVersion;

    private KeyRing(KeyStore store, String replica, InstantSource clock, RandomGenerator random, int most,
            KeySnapshot loaded) {
        this.store = store;
        this.replica = replica;
        this.clock = clock;
        this.random = random;
        this.most = most;
        this.snapshot = loaded;
        this.lastVersion = new AtomicLong(
                loaded.byId().values().stream().mapToLong(record -> record.version().count()).max().orElse(0));
    }

    /// A new key, and the only sight of it.
    ///
    /// @param record what is kept
    /// @param key the key itself
    public record Created(KeyRecord record, String key) {
        @Override
        public String toString() {
            return "Created[" + record + "]";
        }
    }

    /// Loads the keys of a store.
    ///
    /// @param replica the id of this replica
    /// @param random a source that nobody can guess
    /// @param most how many keys there may be, revoked ones among them
    public static KeyRing open(KeyStore store, String replica, InstantSource clock, RandomGenerator random, int most) {
        return new KeyRing(store, replica, clock, random, most, KeySnapshot.EMPTY.join(store.load()));
    }

    /// The valid key that was presented.
    public Optional<KeyRecord> find(String presentedKey) {
        return Optional.ofNullable(snapshot.byHash().get(KeyHash.of(presentedKey)));
    }

    /// A valid key by its id.
    public Optional<KeyRecord> get(String id) {
        return Optional.ofNullable(snapshot.byId().get(id)).filter(record -> !record.isRevoked());
    }

    /// All valid keys, in no order.
    public Collection<KeyRecord> valid() {
        return snapshot.byHash().values();
    }

    /// How many keys are known, revoked ones among them.
    public int size() {
        return snapshot.byId().size();
    }

    /// Whether there is no place for one more.
    public boolean isFull() {
        KeySnapshot now = snapshot;
        return now.byId().size() - now.surplus(most - 1, clock.instant()).size() >= most;
    }

    /// Makes a key. Blocks.
    ///
    /// @throws IllegalArgumentException when a part of it is not allowed; the message names it
    public Created create(NewKey wish) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String key = "e2b_" + HexFormat.of().formatHex(bytes);
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        KeyRecord record = new KeyRecord(id, wish.team(), wish.name(), KeyHash.of(key),
                key.substring(key.length() - SUFFIX), wish.admin(), now(), wish.createdBy(), wish.quota(), wish.rate(),
                KeyRecord.NEVER, nextVersion(0));
        join(List.of(record));
        return new Created(record, key);
    }

    /// Changes a valid key, and gives what it is then. Blocks.
    public Optional<KeyRecord> change(String id, UnaryOperator<KeyRecord> change) {
        return get(id).map(record -> {
            KeyRecord changed = change.apply(record).as(nextVersion(record.version().count()));
            join(List.of(changed));
            return snapshot.byId().getOrDefault(id, changed);
        });
    }

    /// Revokes a valid key for ever, and gives what is kept of it. Blocks.
    public Optional<KeyRecord> revoke(String id) {
        return get(id).map(record -> {
            KeyRecord revoked = record.revoked(now());
            join(List.of(revoked));
            return revoked;
        });
    }

    /// Takes in what another replica knows. Blocks.
    public void join(Collection<KeyRecord> heard) {
        store.join(heard);
        publish(known -> known.join(heard));
        List<String> surplus = snapshot.surplus(most, clock.instant());
        if (!surplus.isEmpty()) {
            store.delete(surplus);
            publish(known -> known.without(surplus));
        }
    }

    /// What tells whether another replica knows the same.
    public KeyDigest digest() {
        return snapshot.digest();
    }

    /// What tells of which keys another replica knows something else.
    public Map<String, Long> fingerprints() {
        return snapshot.fingerprints();
    }

    /// What is known of these keys, revoked ones among them.
    public List<KeyRecord> records(Collection<String> ids) {
        Map<String, KeyRecord> known = snapshot.byId();
        return ids.stream().distinct().filter(known::containsKey).map(known::get).toList();
    }

    private synchronized void publish(UnaryOperator<KeySnapshot> change) {
        snapshot = change.apply(snapshot);
    }

    private KeyVersion nextVersion(long known) {
        return new KeyVersion(lastVersion.updateAndGet(last -> Math.max(last, known) + 1), replica);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
