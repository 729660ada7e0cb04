package io.sandgate.sandbox.driver;

/// A sandbox that was started in an earlier life of the replica and should still be there.
///
/// @param id the sandbox
/// @param uid its life
/// @param address what it listens at
/// @param frozen whether it is paused
public record Resident(String id, String uid, String address, boolean frozen) {}
