package io.sandgate.sandbox;

import io.sandgate.sandbox.driver.Egress;

/// How a sandbox is reached and by whom, and what it reaches; immutable.
///
/// @param maskRequestHost the Host that its servers see in place of the client's, with `${PORT}` for the port that is asked for;
///        empty when they see the client's
/// @param secured whether callers of its runtime must show its access token
/// @param publicTraffic whether anybody may send requests to its ports; else whoever shows its traffic token
/// @param egress what it reaches of the world
public record SandboxNetwork(String maskRequestHost, boolean secured, boolean publicTraffic, Egress egress) {
    /// Servers see requests as clients sent them; anybody may send them, and the world is reached.
    public static final SandboxNetwork PLAIN = new SandboxNetwork("", false, true, Egress.OPEN);

    /// The same with something else that it reaches.
    SandboxNetwork reaching(Egress other) {
        return new SandboxNetwork(maskRequestHost, secured, publicTraffic, other);
    }
}
