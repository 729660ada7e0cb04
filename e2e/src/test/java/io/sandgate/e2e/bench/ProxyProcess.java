package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.Load.Kind;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A proxy that runs, and can be measured.
///
/// @param name what it is called in tables
/// @param ports where it listens for which kind of load
/// @param pids the processes that do the work
/// @param end what ends it
record ProxyProcess(String name, Map<Kind, Integer> ports, List<Long> pids, Runnable end) implements AutoCloseable {

    /// One that listens for everything at the same port.
    static ProxyProcess at(String name, int port, long pid, Runnable end) {
        return new ProxyProcess(name, Map.of(Kind.HTTP_1, port, Kind.HTTP_2, port, Kind.BODIES, port), List.of(pid),
                end);
    }

    int port(Kind kind) {
        return Objects.requireNonNull(ports.get(kind), () -> name + " does not take " + kind);
    }

    @Override
    public void close() {
        end.run();
    }
}
