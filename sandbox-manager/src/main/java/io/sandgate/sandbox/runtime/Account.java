package io.sandgate.sandbox.runtime;

/// A user of a sandbox.
///
/// @param name as the sandbox knows it
/// @param uid its number in the sandbox
/// @param gid its group's number in the sandbox
/// @param hostUid its number on this machine
/// @param hostGid its group's number on this machine
/// @param home an absolute path in the sandbox
public record Account(String name, int uid, int gid, int hostUid, int hostGid, String home) {}
