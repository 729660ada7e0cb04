package io.sandgate.sandbox;

import java.util.concurrent.CompletionStage;

/// Tells the cluster where a sandbox is. Implemented by the composition root over the route table.
public interface RouteAnnouncer {

    /// The next version for the sandbox's route: above what this replica's table holds, and above `known`, the version
    /// that the sandbox's own record holds. Does not block.
    long nextVersion(String sandboxId, long known);

    /// Announces the route of a sandbox in its present state and version.
    ///
    /// @return done, normally in every case, when the call that changed the sandbox may answer
    CompletionStage<Void> announce(Sandbox sandbox);

    /// Withdraws the route of a sandbox that is gone, at the version in `sandbox`.
    CompletionStage<Void> withdraw(Sandbox sandbox);
}
