package io.sandgate.api.e2b;

import io.sandgate.sandbox.driver.Egress;
import java.time.Duration;
import java.util.Optional;

/// What is to be done with one sandbox.
sealed interface SandboxCommand {

    /// Everything that is shown of it.
    record Show() implements SandboxCommand {}

    /// Ends it for good.
    record Kill() implements SandboxCommand {}

    /// Freezes it, or without its memory keeps its disk only.
    record Pause(boolean memory) implements SandboxCommand {}

    /// Thaws it; a running one is a conflict.
    record Resume(Duration timeout) implements SandboxCommand {}

    /// Lets it run if it is paused, without its memory from its disk only, and extends its life in any case.
    record Connect(Duration timeout, boolean memory) implements SandboxCommand {}

    /// Thaws it because a request came for it, if its maker wants that and it still is in that life.
    record Wake(String uid) implements SandboxCommand {}

    /// Sets its deadline, counted from now.
    record SetTimeout(Duration timeout) implements SandboxCommand {}

    /// Extends its life.
    record Refresh(Duration duration) implements SandboxCommand {}

    /// Sets anew what it reaches of the world.
    record SetEgress(Egress egress) implements SandboxCommand {}

    /// What its processes wrote.
    record Logs(LogQuery query) implements SandboxCommand {}

    /// Keeps a copy of its disk, under a name if one is given.
    record Snap(Optional<SnapshotRef> name) implements SandboxCommand {}

    /// What it used.
    record Metrics(UsageSpan span) implements SandboxCommand {}
}
