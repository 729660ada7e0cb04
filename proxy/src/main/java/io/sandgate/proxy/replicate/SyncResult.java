package io.sandgate.proxy.replicate;

/// How far a published change has come when its caller is answered.
///
/// @param peers how many peers there are
/// @param awaited how many of them were healthy, and so waited for
/// @param acknowledged how many had it by then; the others get it later
public record SyncResult(int peers, int awaited, int acknowledged) {}
