package io.sandgate.sandbox;

import org.junit.jupiter.api.Assumptions;

/// What a test needs of the machine. Without it the test is skipped with the reason, and fails where `CI` is `true`.
public final class Needed {

    private Needed() {}

    /// Skips or fails the test where something is not there.
    ///
    /// @param there whether it is there
    /// @param what it is, and how one comes by it
    public static void that(boolean there, String what) {
        if (!there && Boolean.parseBoolean(System.getenv("CI"))) {
            throw new AssertionError("needed: " + what + "; with CI=true this test may not be skipped");
        }
        Assumptions.assumeTrue(there, "needed: " + what);
    }
}
