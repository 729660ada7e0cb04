package io.sandgate.api.stream.source;

import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxChange;
import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.SandboxNetwork;
import io.sandgate.sandbox.SandboxState;
import io.sandgate.sandbox.tenant.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// Sandboxes and what happens to them.
final class Life {
    static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    private Life() {}

    static Sandbox sandbox(String id, SandboxState state) {
        return sandbox(id, state, Map.of("a", "b"));
    }

    static Sandbox sandbox(String id, SandboxState state, Map<String, String> metadata) {
        return new Sandbox(id, "u-" + id, "team", "base", metadata, Map.of("KEY", "secret"), "127.64.0.1", state, START,
                START.plusSeconds(300), Duration.ofMinutes(5), OnTimeout.KILL, SandboxNetwork.PLAIN, false, Claim.NONE,
                1);
    }

    static SandboxChange change(Kind kind, Sandbox sandbox) {
        return change(kind, sandbox, Cause.REQUEST);
    }

    static SandboxChange change(Kind kind, Sandbox sandbox, Cause cause) {
        return new SandboxChange(kind, sandbox, cause, kind == Kind.SNAPSHOTTED ? "s1" : "", START.plusSeconds(10));
    }
}
