package io.sandgate.api.e2b;

import io.sandgate.sandbox.SandboxManager;
import io.sandgate.sandbox.Snapshot;
import java.util.Optional;

/// Calls on the snapshots of this replica. Each blocks.
///
/// @param sandboxes has them
record LocalSnapshots(SandboxManager sandboxes) {

    /// What of this replica belongs to a page.
    ListPage page(String team, SnapshotQuery query) {
        return new ListPage(query.range().cut(sandboxes.snapshots().stream()
                .filter(snapshot -> snapshot.owner().equals(team) && query.filter().test(snapshot))
                .map(snapshot -> new ListEntry(snapshot.createdAt(), snapshot.id(), SnapshotJson.write(snapshot)))
                .toList()), 0);
    }

    Optional<Snapshot> find(String team, String id) {
        return sandboxes.snapshots().stream()
                .filter(snapshot -> snapshot.id().equals(id) && snapshot.owner().equals(team)).findFirst();
    }

    Reply delete(String team, String id) {
        sandboxes.deleteSnapshot(find(team, id).orElseThrow(() -> noSuchSnapshot(id)).id());
        return Reply.noContent();
    }

    /// The same for a snapshot that does not exist and for one of another team.
    static ApiException noSuchSnapshot(String id) {
        return ApiException.of(404,
                "Snapshot \"" + ApiException.shown(id) + "\" doesn't exist or you don't have access to it");
    }
}
