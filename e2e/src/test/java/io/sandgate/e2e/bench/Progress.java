package io.sandgate.e2e.bench;

/// Lines that say how far a benchmark is.
final class Progress {

    /// What a replica logs when the machine gives it no processor, which is no fault of it.
    static final String BUSY_MACHINE = "has been blocked for";

    private static final long START = System.nanoTime();

    private Progress() {}

    static void say(String line) {
        System.out.println("[bench %3d s] ".formatted((System.nanoTime() - START) / 1_000_000_000) + line);
    }
}
