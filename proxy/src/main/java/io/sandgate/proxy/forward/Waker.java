package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.Route;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Lets paused sandboxes run again when requests come for them.
public interface Waker {
    /// Leaves every sandbox paused.
    Waker NONE = paused -> CompletableFuture.completedFuture(false);

    /// Asks that a paused sandbox run. Called on an event loop, once for each request that may be forwarded when it does: it does
    /// not block, and joins those that come for one sandbox. It is up to the implementation to see that the sandbox is still in
    /// the life that the route names.
    ///
    /// @return completes, on any thread, with whether the sandbox is woken: by then its route should be running. Fails when it
    ///         was to be woken and could not be
    CompletionStage<Boolean> wake(Route paused);
}
