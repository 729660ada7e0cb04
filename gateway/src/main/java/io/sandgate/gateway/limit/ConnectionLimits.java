package io.sandgate.gateway.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.limit.Refused.Reason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/// How many connections and event streams the clients of this replica may have open, and how fast they may open them: per
/// address, per key, and in all. Safe for any thread; a call takes a lock for a moment and never waits for anything else.
///
/// What is refused takes nothing: a client that keeps trying too fast still gets what its rate allows. The memory is bounded by
/// what is open, and a fixed number of addresses and keys that lately had something open.
public final class ConnectionLimits {
    /// When it is worth another try where nobody knows when a place gets free.
    private static final int FULL_RETRY_SECONDS = 5;
    private static final long SECOND = 1_000_000_000;

    private final LimitSettings settings;
    private final LongSupplier nanos;
    private final Usages addresses;
    private final Usages keys;
    private final Map<Reason, Counter> refused = new EnumMap<>(Reason.class);
    private int open;

    /// @param nanos a clock that only goes forward
    public ConnectionLimits(LimitSettings settings, LongSupplier nanos, MeterRegistry meters) {
        this.settings = settings;
        this.nanos = nanos;
        this.addresses = new Usages(settings.address());
        this.keys = new Usages(settings.key());
        for (Reason reason : Reason.values()) {
            refused.put(reason, Counter.builder("sandgate.connections.refused")
                    .description("connections and event streams refused because a limit is reached")
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT)).register(meters));
        }
        Gauge.builder("sandgate.connections.leases", this, ConnectionLimits::open)
                .description("connections and event streams that count against the limits").register(meters);
        Gauge.builder("sandgate.connections.limited", this, ConnectionLimits::remembered)
                .description("addresses and keys that the limits remember").register(meters);
    }

    /// Asks for a place for one connection.
    ///
    /// @param address the client's, as a literal without a port
    /// @param key what names the API key and nothing else, never the key itself
    /// @return a [Lease], to be closed with the connection, or [Refused]
    public Admission admit(String address, String key) {
        Admission admission = decide(Networks.of(address), key);
        if (admission instanceof Refused(Reason reason, _)) {
            Objects.requireNonNull(refused.get(reason)).increment();
        }
        return admission;
    }

    private synchronized Admission decide(String network, String key) {
        long now = nanos.getAsLong();
        Usage ofAddress = addresses.get(network, now);
        Usage ofKey = keys.get(key, now);
        if (settings.total() > 0 && open >= settings.total()) {
            return new Refused(Reason.TOTAL, FULL_RETRY_SECONDS);
        }
        if (ofAddress.isFull()) {
            return new Refused(Reason.ADDRESS, FULL_RETRY_SECONDS);
        }
        if (ofKey.isFull()) {
            return new Refused(Reason.KEY, FULL_RETRY_SECONDS);
        }
        // both are looked at before one is taken
        long wait = Math.max(ofAddress.untilToken(now), ofKey.untilToken(now));
        if (wait > 0) {
            return new Refused(Reason.RATE, (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(wait, SECOND)));
        }
        open++;
        addresses.open(network, ofAddress);
        keys.open(key, ofKey);
        return new Lease(() -> release(network, key));
    }

    private synchronized void release(String network, String key) {
        long now = nanos.getAsLong();
        open--;
        addresses.close(network, now);
        keys.close(key, now);
    }

    private synchronized int open() {
        return open;
    }

    private synchronized int remembered() {
        return addresses.size() + keys.size();
    }
}
