package io.sandgate.sandbox;

import java.time.Instant;
import java.util.Optional;

/// The disk of a sandbox as it was at some time, to make sandboxes from.
///
/// @param id `s` and 20 characters of `[a-z0-9]`
/// @param owner the team whose sandbox it was
/// @param name what its maker called it
/// @param sandbox the id of the sandbox, which may be gone
/// @param template the template of the sandbox, and of those that are made from the snapshot
/// @param createdAt when the copy was made
/// @param bytes what it takes on the replica's disk
public record Snapshot(String id, String owner, Optional<String> name, String sandbox, String template,
        Instant createdAt, long bytes) {

    /// The same without a name.
    Snapshot unnamed() {
        return new Snapshot(id, owner, Optional.empty(), sandbox, template, createdAt, bytes);
    }
}
