package io.sandgate.sandbox;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Records in a map.
final class MemoryStore implements SandboxStore {

    final Map<String, Sandbox> records = new ConcurrentHashMap<>();
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
}
