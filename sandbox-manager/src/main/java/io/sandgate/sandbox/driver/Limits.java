package io.sandgate.sandbox.driver;

/// What each process of a sandbox may use at most; zero stands for no limit.
///
/// @param openFiles open file descriptors of one process
/// @param processes processes of the user that the sandbox runs as, which the kernel does not enforce for root
/// @param memoryMb private writable memory of one process, in MiB
/// @param nice how far the sandbox yields the processor to others, 0 to 19
public record Limits(int openFiles, int processes, int memoryMb, int nice) {

    /// No limits.
    public static final Limits NONE = new Limits(0, 0, 0, 0);

    public Limits {
        notNegative("open-files", openFiles);
        notNegative("processes", processes);
        notNegative("memory-mb", memoryMb);
        if (nice < 0 || nice > 19) {
            throw new IllegalArgumentException("nice: " + nice + " (expected: 0-19)");
        }
    }

    private static void notNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0 for no limit, or more)");
        }
    }
}
