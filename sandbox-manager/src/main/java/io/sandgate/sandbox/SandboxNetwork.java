package io.sandgate.sandbox;

/// How a sandbox is reached; immutable.
///
/// @param maskRequestHost the Host that its servers see in place of the client's, with `${PORT}` for the port that is asked for;
///        empty when they see the client's
public record SandboxNetwork(String maskRequestHost) {
    /// Servers see requests as clients sent them.
    public static final SandboxNetwork PLAIN = new SandboxNetwork("");
}
