package io.sandgate.sandbox;

import io.sandgate.sandbox.Sandbox.OnTimeout;
import java.time.Duration;
import java.util.Map;

/// What a caller asks for when creating a sandbox.
///
/// @param template the name of a configured template
/// @param owner the name of the API key that asks
/// @param timeout how long the sandbox lives unless extended; above zero
/// @param onTimeout what the deadline does
/// @param metadata kept beside the sandbox and matched by list filters
/// @param environment added to the environment of the sandbox's processes
/// @param network how the sandbox is reached
/// @param autoResume whether a request for it lets it run again when it is paused
public record CreateSandbox(String template, String owner, Duration timeout, OnTimeout onTimeout,
        Map<String, String> metadata, Map<String, String> environment, SandboxNetwork network, boolean autoResume) {

    public CreateSandbox {
        metadata = Map.copyOf(metadata);
        environment = Map.copyOf(environment);
    }

    /// Without the values of the environment, which may be secret.
    @Override
    public String toString() {
        return "CreateSandbox[template=" + template + ", owner=" + owner + ", timeout=" + timeout + ", onTimeout="
                + onTimeout + ", metadata=" + metadata + ", environment=" + environment.keySet() + ", network="
                + network + ", autoResume=" + autoResume + "]";
    }
}
