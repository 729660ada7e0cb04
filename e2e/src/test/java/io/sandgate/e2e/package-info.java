/// Whole replicas under test: processes of the packaged program, called over their listeners.
///
/// Starting points:
/// - [io.sandgate.e2e.SandboxLifecycleIT] is the life of a sandbox as a user sees it
/// - [io.sandgate.e2e.ReadYourWritesIT] is the promise of the whole: created here, reachable everywhere
/// - [io.sandgate.e2e.harness] starts, stops and calls the replicas
@NullMarked
package io.sandgate.e2e;

import org.jspecify.annotations.NullMarked;
