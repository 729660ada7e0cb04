package io.sandgate.sandbox.tenant;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Records of keys in a map.
final class MemoryKeyStore implements KeyStore {

    final Map<String, KeyRecord> records = new ConcurrentHashMap<>();
    volatile boolean broken;

    @Override
    public List<KeyRecord> load() {
        return List.copyOf(records.values());
    }

    @Override
    public void join(Collection<KeyRecord> heard) {
        if (broken) {
            throw new IllegalStateException("the disk is full");
        }
        heard.forEach(record -> records.merge(record.id(), record, KeyMerge::join));
    }

    @Override
    public void delete(Collection<String> ids) {
        ids.forEach(records::remove);
    }
}
