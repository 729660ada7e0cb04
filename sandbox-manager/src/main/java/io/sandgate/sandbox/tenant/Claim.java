package io.sandgate.sandbox.tenant;

/// The part of a key's quota that one sandbox takes, from before it is made until it is gone.
///
/// @param key the id of the key; empty for a sandbox that no quota counts
/// @param id one of its kind: the life of the replica that made it, a dash, and a number
/// @param memoryMb the memory of the sandbox, in MiB
/// @param cpu its processors
public record Claim(String key, String id, int memoryMb, int cpu) {

    /// For a sandbox that no quota counts.
    public static final Claim NONE = new Claim("", "", 0, 0);

    /// Whether a quota counts it.
    public boolean isCounted() {
        return !key.isEmpty();
    }

    /// What it takes up.
    public Usage usage() {
        return new Usage(1, memoryMb, cpu);
    }
}
