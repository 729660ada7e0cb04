package io.sandgate.sandbox.tenant;

/// Whether one more call is allowed, and what is left.
///
/// @param isAllowed whether it is
/// @param limit how many calls there may be at once
/// @param remaining how many are left now
/// @param resetSeconds when all are there again
/// @param retrySeconds when the next one is, at least 1
public record Allowance(boolean isAllowed, int limit, int remaining, int resetSeconds, int retrySeconds) {}
