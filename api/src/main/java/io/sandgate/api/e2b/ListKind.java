package io.sandgate.api.e2b;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/// What a list is of, and how a replica finds its order in what another one sent.
enum ListKind {
    SANDBOXES("sandboxes", "sandboxID", "startedAt"), SNAPSHOTS("snapshots", "snapshotID", "createdAt");

    private final String all;
    private final String id;
    private final String time;

    ListKind(String all, String id, String time) {
        this.all = all;
        this.id = id;
        this.time = time;
    }

    /// Reads a page that a peer sent.
    ListPage page(Buffer body) throws IOException {
        return ListPage.read(body, this);
    }

    /// The member of a peer's page that has the entries.
    String all() {
        return all;
    }

    /// The member of an entry that has its id.
    String id() {
        return id;
    }

    /// The member of an entry that has the time it is ordered by.
    String time() {
        return time;
    }
}
