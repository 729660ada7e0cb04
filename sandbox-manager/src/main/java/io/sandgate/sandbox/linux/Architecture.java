package io.sandgate.sandbox.linux;

import java.util.Locale;
import java.util.Optional;

/// A kind of processor whose numbers of system calls and flags are known.
enum Architecture {
    X86_64, AARCH64;

    private static final String SYSTEM = System.getProperty("os.name", "");
    private static final String PROCESSOR = System.getProperty("os.arch", "");
    private static final Optional<Architecture> CURRENT = find();

    /// That of this machine.
    static Architecture current() {
        return CURRENT.orElseThrow(() -> new UnsupportedOperationException(
                "system: " + SYSTEM + " on " + PROCESSOR + " (expected: Linux on x86_64 or aarch64)"));
    }

    private static Optional<Architecture> find() {
        if (!SYSTEM.equals("Linux")) {
            return Optional.empty();
        }
        return switch (PROCESSOR.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> Optional.of(X86_64);
            case "aarch64" -> Optional.of(AARCH64);
            default -> Optional.empty();
        };
    }
}
