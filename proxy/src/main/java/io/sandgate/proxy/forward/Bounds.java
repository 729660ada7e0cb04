package io.sandgate.proxy.forward;

import java.time.Duration;

/// What the values of settings are held against. A class of its own, so that no record of settings needs another one while it
/// is being initialised.
final class Bounds {

    private Bounds() {}

    static void require(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw invalid(name, value, min + "-" + max);
        }
    }

    static void positive(String name, Duration value) {
        if (value.toMillis() < 1) {
            throw invalid(name, value, "at least 1 ms");
        }
    }

    static void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw invalid(name, value, "zero or more");
        }
    }

    static IllegalArgumentException invalid(String name, Object value, String expected) {
        return new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
}
