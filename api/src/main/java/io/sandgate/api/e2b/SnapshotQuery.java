package io.sandgate.api.e2b;

import io.sandgate.sandbox.Snapshot;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/// Which snapshots a list is to show.
///
/// @param filter what it may show
/// @param range which of them
record SnapshotQuery(Predicate<Snapshot> filter, ListRange range) {

    /// The newest snapshot that is named so.
    static SnapshotQuery newest(SnapshotRef ref) {
        return new SnapshotQuery(ref::isOf, ListRange.newest(1));
    }

    /// The same as a query, for a peer.
    static String newestText(SnapshotRef ref) {
        return "limit=1&name=" + URLEncoder.encode(ref.name(), StandardCharsets.UTF_8);
    }

    /// Reads the query of `GET /snapshots`.
    static SnapshotQuery parse(String text, String team) {
        QueryString query = QueryString.parse(text);
        Predicate<Snapshot> filter = snapshot -> true;
        String sandbox = query.first("sandboxID");
        if (sandbox != null) {
            String id = SandboxId.withoutClient(sandbox);
            filter = filter.and(snapshot -> snapshot.sandbox().equals(id));
        }
        String name = query.first("name");
        if (name != null) {
            filter = filter.and(SnapshotRef.find(name, team).<Predicate<Snapshot>>map(ref -> ref::isOf)
                    .orElse(snapshot -> false));
        }
        return new SnapshotQuery(filter, ListRange.parse(query));
    }
}
