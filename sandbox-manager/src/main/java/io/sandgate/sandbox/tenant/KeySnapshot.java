package io.sandgate.sandbox.tenant;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All keys at one moment; immutable.
///
/// @param byId all, revoked ones too
/// @param byHash the valid ones, by the hash of the key
/// @param fingerprints of all, by id
record KeySnapshot(Map<String, KeyRecord> byId, Map<String, KeyRecord> byHash, Map<String, Long> fingerprints) {

    static final KeySnapshot EMPTY = new KeySnapshot(Map.of(), Map.of(), Map.of());

    KeySnapshot {
        byId = Map.copyOf(byId);
        byHash = Map.copyOf(byHash);
        fingerprints = Map.copyOf(fingerprints);
    }

    /// What is known when this is heard, too.
    KeySnapshot join(Collection<KeyRecord> heard) {
        Map<String, KeyRecord> records = new HashMap<>(byId);
        Map<String, Long> prints = new HashMap<>(fingerprints);
        for (KeyRecord record : heard) {
            KeyRecord joined = records.merge(record.id(), record, KeyMerge::join);
            prints.put(joined.id(), KeyMerge.fingerprint(joined));
        }
        return of(records, prints);
    }

    /// Without what there is no place for.
    KeySnapshot without(List<String> ids) {
        Map<String, KeyRecord> records = new HashMap<>(byId);
        Map<String, Long> prints = new HashMap<>(fingerprints);
        ids.forEach(records::remove);
        ids.forEach(prints::remove);
        return of(records, prints);
    }

    List<String> surplus(int most, Instant now) {
        return KeyMerge.surplus(byId, most, now);
    }

    KeyDigest digest() {
        return new KeyDigest(fingerprints.values().stream().mapToLong(Long::longValue).sum(), fingerprints.size());
    }

    private static KeySnapshot of(Map<String, KeyRecord> records, Map<String, Long> prints) {
        Map<String, KeyRecord> valid = new HashMap<>();
        records.values().stream().filter(record -> !record.isRevoked())
                .forEach(record -> valid.put(record.hash(), record));
        return new KeySnapshot(records, valid, prints);
    }
}
