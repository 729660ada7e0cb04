package io.sandgate.sandbox.tenant;

/// What sandboxes take up.
///
/// @param sandboxes how many there are, paused ones among them
/// @param memoryMb their memory, in MiB
/// @param cpu their processors
public record Usage(long sandboxes, long memoryMb, long cpu) {

    /// Nothing.
    public static final Usage NONE = new Usage(0, 0, 0);

    Usage plus(Usage other) {
        return new Usage(sandboxes + other.sandboxes, memoryMb + other.memoryMb, cpu + other.cpu);
    }
}
