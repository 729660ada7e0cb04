package io.sandgate.sandbox.runtime.file;

/// How much one call, or all watches of one sandbox, may ask for.
///
/// @param entries in the answer of one list
/// @param watchedDirectories of all watches of the sandbox together
/// @param nesting directories within directories that are removed or copied
public record FileBounds(int entries, int watchedDirectories, int nesting) {

    /// What fits a sandbox that is used by its SDK.
    public static final FileBounds DEFAULT = new FileBounds(100_000, 8_192, 256);

    public FileBounds {
        requirePositive("entries", entries);
        requirePositive("watchedDirectories", watchedDirectories);
        requirePositive("nesting", nesting);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
        }
    }
}
