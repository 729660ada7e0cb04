package io.sandgate.sandbox.outbound;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.outbound.Refusal.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the connections of sandboxes come that may reach the world by names. Thread-safe.
///
/// The firewall leads the connections of these sandboxes for the ports of HTTP and TLS to [#ports], whatever address they
/// are for, and nobody else's. Whose one is, its address tells, which the firewall guards.
public final class OutboundRelay implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OutboundRelay.class);

    private static final int WAITING = 128;
    private static final Duration REST = Duration.ofMillis(50);

    private final ConcurrentMap<String, Caller> callers = new ConcurrentHashMap<>();
    private final Connection.Ground ground;
    private final Limits limits;
    private final Semaphore places;
    private final Map<Reason, Counter> refusals = new EnumMap<>(Reason.class);
    private @Nullable Ports ports;
    private final List<ServerSocket> listeners = new ArrayList<>();
    private volatile boolean closed;

    /// Bounds of connections.
    ///
    /// @param each connections of one sandbox
    /// @param all connections of all sandboxes
    /// @param opening how long one may take to say for whom it is
    /// @param connect how long a server may take to answer
    /// @param idle how long nothing may pass in either direction
    public record Limits(int each, int all, Duration opening, Duration connect, Duration idle) {

        /// With the times that hold.
        public static Limits of(int each, int all) {
            return new Limits(each, all, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofHours(1));
        }
    }

    /// Where it listens.
    ///
    /// @param http for the connections to port 80
    /// @param tls for the connections to port 443
    public record Ports(int http, int tls) {}

    OutboundRelay(NameLookup names, Dialer dialer, Limits limits, LongSupplier nanos, MeterRegistry meters) {
        this.ground = new Connection.Ground(names, dialer, limits, nanos, this::refused);
        this.limits = limits;
        this.places = new Semaphore(limits.all());
        for (Reason reason : Reason.values()) {
            refusals.put(reason, Counter.builder("sandgate.sandbox.outbound.refused")
                    .description("Connections by name that went no further, by reason").tag("reason", reason.tag())
                    .register(meters));
        }
        Gauge.builder("sandgate.sandbox.outbound.active", places, free -> limits.all() - free.availablePermits())
                .description("Connections by name of sandboxes").register(meters);
    }

    /// Makes one that listens nowhere yet.
    ///
    /// @param nanos a clock for durations
    public static OutboundRelay open(NameLookup names, Limits limits, LongSupplier nanos, MeterRegistry meters) {
        return new OutboundRelay(names, new WorldDialer(limits.connect()), limits, nanos, meters);
    }

    /// Where it listens, from the first call on.
    ///
    /// @param gateway the machine's address towards its sandboxes, which is there
    public synchronized Ports ports(String gateway) throws IOException {
        Ports known = ports;
        if (known != null) {
            return known;
        }
        if (closed) {
            throw new IOException("closed");
        }
        Ports now = new Ports(listen(gateway, Protocol.HTTP), listen(gateway, Protocol.TLS));
        ports = now;
        return now;
    }

    private int listen(String gateway, Protocol protocol) throws IOException {
        ServerSocket listener = new ServerSocket();
        listeners.add(listener);
        try {
            listener.bind(new InetSocketAddress(InetAddress.ofLiteral(gateway), 0), WAITING);
        } catch (IOException e) {
            listener.close();
            throw new IOException("nothing can listen at " + gateway + ": " + e.getMessage(), e);
        }
        Thread.ofVirtual().name("outbound-" + protocol.port()).start(() -> accept(protocol, listener));
        return listener.getLocalPort();
    }

    /// Where it listens, if it does.
    public synchronized Optional<Ports> ports() {
        return Optional.ofNullable(ports);
    }

    /// Sets what a sandbox may reach, from now on and for the connections that it has.
    public void set(String address, Egress egress) {
        if (!egress.domains().isEmpty()) {
            callers.computeIfAbsent(address, key -> new Caller(egress, limits.each())).set(egress);
            return;
        }
        Caller caller = callers.get(address);
        if (caller != null) {
            caller.set(egress);
        }
    }

    /// Ends the connections of a sandbox that is gone.
    public void forget(String address) {
        Caller caller = callers.remove(address);
        if (caller != null) {
            caller.close();
        }
    }

    private void accept(Protocol protocol, ServerSocket listener) {
        while (!closed) {
            try {
                begin(protocol, listener.accept());
            } catch (IOException e) {
                if (!closed) {
                    log.warn("outbound.not-accepted protocol={} reason={}", protocol, e.toString());
                    // there may be no more descriptors for a while
                    LockSupport.parkNanos(REST.toNanos());
                }
            }
        }
    }

    private void begin(Protocol protocol, Socket client) throws IOException {
        Caller caller = callers.get(client.getInetAddress().getHostAddress());
        if (caller == null) {
            client.close();
            return;
        }
        Connection connection = new Connection(caller, protocol, client, ground);
        boolean place = places.tryAcquire();
        if (!place || !caller.enter(connection)) {
            if (place) {
                places.release();
            }
            refused(Reason.TOO_MANY);
            log.debug("outbound.refused sandbox={} protocol={} reason={}", client.getInetAddress(), protocol,
                    Reason.TOO_MANY);
            connection.abort();
            return;
        }
        Thread.ofVirtual().name("outbound").start(() -> {
            try {
                connection.run();
            } finally {
                caller.leave(connection);
                places.release();
            }
        });
    }

    private void refused(Reason reason) {
        Counter counter = refusals.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    /// Ends all connections and listens no more.
    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            listeners.forEach(listener -> {
                try {
                    listener.close();
                } catch (IOException e) {
                    log.debug("outbound.not-closed reason={}", e.toString());
                }
            });
        }
        callers.keySet().forEach(this::forget);
    }
}
