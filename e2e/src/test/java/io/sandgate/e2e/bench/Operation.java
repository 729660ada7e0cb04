package io.sandgate.e2e.bench;

import java.util.Locale;

/// The lifecycle calls that change a route.
enum Operation {
    CREATE, PAUSE, RESUME, KILL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
