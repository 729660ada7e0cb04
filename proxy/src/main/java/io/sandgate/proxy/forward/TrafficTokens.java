package io.sandgate.proxy.forward;

/// Checks the tokens that requests to guarded sandboxes carry. Thread-safe; does not block.
@FunctionalInterface
public interface TrafficTokens {

    /// No token is good.
    TrafficTokens NONE = (id, token) -> false;

    /// Whether a token lets requests through to a sandbox. Takes as long for any token.
    boolean isGood(String id, String token);
}
