package io.sandgate.api.e2b;

import io.sandgate.sandbox.tenant.KeyMerge;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Records of keys in a map.
final class TestKeyStore implements KeyStore {

    final Map<String, KeyRecord> records = new ConcurrentHashMap<>();

    @Override
    public List<KeyRecord> load() {
        return List.copyOf(records.values());
    }

    @Override
    public void join(Collection<KeyRecord> heard) {
        heard.forEach(record -> records.merge(record.id(), record, KeyMerge::join));
    }

    @Override
    public void delete(Collection<String> ids) {
        ids.forEach(records::remove);
    }
}
