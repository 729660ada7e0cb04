package io.sandgate.sandbox;

import java.util.ArrayList;
import java.util.List;

/// The records of sandboxes in SQLite.
final class SqliteStore implements SandboxStore {

    private final Records records;
    private final SandboxRows rows = new SandboxRows();

    SqliteStore(Records records) {
        this.records = records;
    }

    @Override
    public List<Sandbox> load() {
        List<Sandbox> loaded = new ArrayList<>();
        records.write(connection -> loaded.addAll(rows.select(connection)));
        return loaded;
    }

    @Override
    public void insert(Sandbox sandbox) {
        records.write(connection -> {
            rows.insert(connection, sandbox);
            return true;
        });
    }

    @Override
    public boolean update(Sandbox sandbox) {
        return records.write(connection -> rows.update(connection, sandbox));
    }

    @Override
    public void delete(String id) {
        records.write(connection -> {
            rows.delete(connection, id);
            return true;
        });
    }

    @Override
    public List<Snapshot> loadSnapshots() {
        List<Snapshot> loaded = new ArrayList<>();
        records.write(connection -> loaded.addAll(SnapshotRows.select(connection)));
        return loaded;
    }

    @Override
    public void insertSnapshot(Snapshot snapshot) {
        records.write(connection -> {
            SnapshotRows.insert(connection, snapshot);
            return true;
        });
    }

    @Override
    public void deleteSnapshot(String id) {
        records.write(connection -> {
            SnapshotRows.delete(connection, id);
            return true;
        });
    }
}
