package io.sandgate.api.cli;

import io.sandgate.api.settings.ApiKeys;
import io.sandgate.api.settings.Settings;

/// Starts a replica in this process.
@FunctionalInterface
public interface ReplicaStarter {

    /// Starts a replica and returns when it is ready. When it throws, nothing of the replica is left running, and the
    /// message of the exception tells a user what to do.
    RunningReplica start(Settings settings, ApiKeys keys);
}
