package io.sandgate.sandbox;

/// Hears once of each change that really happened: its record is written, and [SandboxManager#find] shows it.
///
/// The changes of one sandbox come one at a time and in order, the first being FOUND or CREATED and the last KILLED; but a
/// SNAPSHOTTED comes from the thread of its caller, beside them, and its sandbox may have changed since. Called on
/// the thread of the change, which others wait for: it must return at once.
@FunctionalInterface
public interface SandboxObserver {
    /// Nobody.
    SandboxObserver NONE = change -> {};

    /// A sandbox changed.
    void changed(SandboxChange change);
}
