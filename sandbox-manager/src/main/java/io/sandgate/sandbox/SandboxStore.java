package io.sandgate.sandbox;

import java.util.List;

/// The durable records of this replica's sandboxes and snapshots, the truth for its next start. Each call blocks until the change is
/// on the disk; a failure is a [SandboxException].
interface SandboxStore {

    /// All records.
    List<Sandbox> load();

    /// Adds the record of a new sandbox.
    void insert(Sandbox sandbox);

    /// Replaces a record, but never that of a sandbox that is being killed by one that is not.
    ///
    /// @return false when there is no such record or it stays as it is
    boolean update(Sandbox sandbox);

    /// Removes a record, if there is one.
    void delete(String id);

    /// The records of all snapshots.
    List<Snapshot> loadSnapshots();

    /// Adds the record of a new snapshot, and takes its name away from the one that had it.
    void insertSnapshot(Snapshot snapshot);

    /// Removes the record of a snapshot, if there is one.
    void deleteSnapshot(String id);
}
