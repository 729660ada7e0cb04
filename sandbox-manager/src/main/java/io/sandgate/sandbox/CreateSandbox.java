package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.tenant.Claim;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What a caller asks for when creating a sandbox.
///
/// @param template the name of a configured template
/// @param owner the team whose key asks
/// @param timeout how long the sandbox lives unless extended; above zero
/// @param onTimeout what the deadline does
/// @param metadata kept beside the sandbox and matched by list filters
/// @param environment added to the environment of the sandbox's processes
/// @param network how the sandbox is reached
/// @param autoResume whether a request for it lets it run again when it is paused
/// @param snapshot the id of the snapshot of this replica whose disk it starts with, made of the same template; empty for a
///            fresh one
/// @param claim what it takes of its key's quota
public record CreateSandbox(String template, String owner, Duration timeout, OnTimeout onTimeout,
        Map<String, String> metadata, Map<String, String> environment, SandboxNetwork network, boolean autoResume,
        Optional<String> snapshot, Claim claim) {

    public CreateSandbox {
        metadata = Map.copyOf(metadata);
        environment = Map.copyOf(environment);
    }

    /// With a fresh disk, for a key without a quota.
    public CreateSandbox(String template, String owner, Duration timeout, OnTimeout onTimeout,
            Map<String, String> metadata, Map<String, String> environment, SandboxNetwork network, boolean autoResume) {
        this(template, owner, timeout, onTimeout, metadata, environment, network, autoResume, Optional.empty(),
                Claim.NONE);
    }

    /// The same, within a quota.
    public CreateSandbox claiming(Claim granted) {
        return new CreateSandbox(template, owner, timeout, onTimeout, metadata, environment, network, autoResume,
                snapshot, granted);
    }

    /// The same, from a snapshot and its template.
    public CreateSandbox from(Snapshot copy) {
        return new CreateSandbox(copy.template(), owner, timeout, onTimeout, metadata, environment, network, autoResume,
                Optional.of(copy.id()), claim);
    }

    /// Without the values of the environment, which may be secret.
    @Override
    public String toString() {
        return "CreateSandbox[template=" + template + ", owner=" + owner + ", timeout=" + timeout + ", onTimeout="
                + onTimeout + ", metadata=" + metadata + ", environment=" + environment.keySet() + ", network="
                + network + ", autoResume=" + autoResume + ", snapshot=" + snapshot + ", claim=" + claim + "]";
    }
}
