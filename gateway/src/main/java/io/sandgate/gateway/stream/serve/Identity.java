package io.sandgate.gateway.stream.serve;

/// Who a subscriber is.
///
/// @param team its name, or empty for an operator
/// @param keyId of the key that it came with, or empty for an operator
public record Identity(String team, String keyId) {
    /// Who comes by the admin listener.
    public static final Identity OPERATOR = new Identity("", "");
}
