package io.sandgate.gateway.connection.socket;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What is counted of the sockets of clients. Safe for any thread.
final class SocketMeters {

    /// Why a connection was ended here.
    enum Cut {
        /// Nothing could be written for too long.
        SLOW,
        /// No sign of the client for too long.
        SILENT,
        /// The client was told to close and did not.
        LINGERING,
        /// The client sent what it must not.
        BAD_FRAME,
        /// The client sent too much.
        FLOOD,
        /// The key was revoked.
        REVOKED
    }

    private final Map<Cut, Counter> cuts = new EnumMap<>(Cut.class);
    private final Counter full;

    SocketMeters(MeterRegistry meters) {
        for (Cut cut : Cut.values()) {
            cuts.put(cut, Counter.builder("sandgate.connections.cut")
                    .description("client connections that were ended here because of what the client did or did not do")
                    .tag("reason", cut.name().toLowerCase(Locale.ROOT)).register(meters));
        }
        full = Counter.builder("sandgate.connections.full")
                .description("messages that were not taken because too much waits to be written to the client")
                .register(meters);
    }

    void cut(Cut cut) {
        Objects.requireNonNull(cuts.get(cut)).increment();
    }

    void full() {
        full.increment();
    }
}
