package io.sandgate.sandbox;

import io.sandgate.sandbox.tenant.KeyMerge;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The records of keys in SQLite.
final class SqliteKeyStore implements KeyStore {

    private final Records records;

    SqliteKeyStore(Records records) {
        this.records = records;
    }

    @Override
    public List<KeyRecord> load() {
        List<KeyRecord> loaded = new ArrayList<>();
        records.write(connection -> loaded.addAll(KeyRows.select(connection)));
        return loaded;
    }

    /// What is there is read by the one thread that writes, and so is not changed before it is replaced.
    @Override
    public void join(Collection<KeyRecord> heard) {
        List<KeyRecord> all = List.copyOf(heard);
        records.write(connection -> {
            for (KeyRecord record : all) {
                Optional<KeyRecord> known = KeyRows.find(connection, record.id());
                KeyRows.put(connection, known.map(before -> KeyMerge.join(before, record)).orElse(record));
            }
            return true;
        });
    }

    @Override
    public void delete(Collection<String> ids) {
        List<String> all = List.copyOf(ids);
        records.write(connection -> {
            for (String id : all) {
                KeyRows.delete(connection, id);
            }
            return true;
        });
    }
}
