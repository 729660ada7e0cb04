package io.sandgate.sandbox;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Records in a map.
final class MemoryStore implements SandboxStore {

    final Map<String, Sandbox> records = new ConcurrentHashMap<>();
    final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();
    private final Journal journal;

    MemoryStore(Journal journal) {
        this.journal = journal;
    }

    @Override
    public List<Sandbox> load() {
        return List.copyOf(records.values());
    }

    @Override
    public void insert(Sandbox sandbox) {
        journal.step("store.insert " + sandbox.state());
        records.put(sandbox.id(), sandbox);
    }

    @Override
    public boolean update(Sandbox sandbox) {
        journal.step("store.update " + sandbox.state());
        Sandbox after = records.computeIfPresent(sandbox.id(),
                (id, before) -> before.state() == SandboxState.KILLING && sandbox.state() != SandboxState.KILLING
                        ? before
                        : sandbox);
        return sandbox.equals(after);
    }

    @Override
    public void delete(String id) {
        journal.step("store.delete");
        records.remove(id);
    }

    @Override
    public List<Snapshot> loadSnapshots() {
        return List.copyOf(snapshots.values());
    }

    @Override
    public void insertSnapshot(Snapshot snapshot) {
        journal.step("store.insert snapshot");
        snapshots.put(snapshot.id(), snapshot);
    }

    @Override
    public void deleteSnapshot(String id) {
        journal.step("store.delete snapshot");
        snapshots.remove(id);
    }
}
