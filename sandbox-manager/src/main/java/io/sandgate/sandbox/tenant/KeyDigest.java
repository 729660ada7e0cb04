package io.sandgate.sandbox.tenant;

/// What tells whether two replicas know the same of the same keys.
///
/// @param sum of the fingerprints, in no order
/// @param count of the keys, revoked ones among them
public record KeyDigest(long sum, int count) {}
