package io.sandgate.api.settings;

import java.time.Duration;
import java.util.List;

/// Connections that clients hold open, and what one of them may do.
///
/// @param max connections and followers at once
/// @param address for one address
/// @param key for one API key
/// @param maxMessage bytes of one message to a client
/// @param pending bytes that wait for one client
/// @param rooms that one client may be in
/// @param deliverTimeout how long another replica may take to deliver
/// @param outbox messages that wait for one replica
/// @param ping how often a client is asked whether it is there
/// @param idleTimeout how long it may say nothing
/// @param writeStall how long it may take nothing
public record ConnectionsSettings(int max, Share address, Share key, int maxMessage, int pending, int rooms,
        Duration deliverTimeout, int outbox, Duration ping, Duration idleTimeout, Duration writeStall) {

    /// What one of many may have.
    ///
    /// @param open at once; 0 for any number
    /// @param perSecond opened in a second; 0 for any number
    public record Share(int open, int perSecond) {}

    /// What a message has around it, and costs besides.
    private static final int ENVELOPE = 1024;

    static final Setting<Integer> MAX = Setting.of("connections.max", Type.integer(0, 10_000_000), "50000",
            "Connections and followers of events at once, of all clients together; beyond it 503. 0 for any number.");
    static final Setting<Integer> PER_ADDRESS = Setting.of("connections.per-address", Type.integer(0, 10_000_000), "0",
            "Of these from one address, or one /64 network of IPv6; beyond it 429. 0 for any number. Clients behind one"
                    + " proxy share an address.");
    static final Setting<Integer> PER_KEY = Setting.of("connections.per-key", Type.integer(0, 10_000_000), "0",
            "Of these with one API key and the tickets that it gave; beyond it 429. 0 for any number.");
    static final Setting<Integer> RATE_PER_ADDRESS = Setting.of("connections.rate-per-address",
            Type.integer(0, 1_000_000), "0",
            "Of these opened in a second from one address, with bursts of twice that; beyond it 429. 0 for any number.");
    static final Setting<Integer> RATE_PER_KEY = Setting.of("connections.rate-per-key", Type.integer(0, 1_000_000), "0",
            "Of these opened in a second with one API key, with bursts of twice that; beyond it 429. 0 for any number.");
    static final Setting<Integer> MAX_MESSAGE = Setting.of("connections.max-message", Type.size("1KiB", "1MiB"),
            "64KiB", "Largest message to a client; beyond it 413.");
    static final Setting<Integer> PENDING = Setting.of("connections.pending", Type.size("64KiB", "64MiB"), "256KiB",
            "What may wait for one client that does not take it; beyond it messages are refused to be tried again.");
    static final Setting<Integer> ROOMS = Setting.of("connections.rooms", Type.integer(0, 1_000), "64",
            "Rooms that one client may be in.");
    static final Setting<Duration> DELIVER_TIMEOUT = Setting.of("connections.deliver-timeout",
            Type.duration("10ms", "1m"), "2s",
            "How long a message waits for the replica that has the client, over all attempts.");
    static final Setting<Integer> OUTBOX = Setting.of("connections.outbox", Type.integer(1, 1_000_000), "10000",
            "Messages that wait for one replica; beyond it they are refused to be tried again.");
    static final Setting<Duration> PING = Setting.of("connections.ping", Type.duration("100ms", "1h"), "15s",
            "How often a client is asked whether it is there.");
    static final Setting<Duration> IDLE_TIMEOUT = Setting.of("connections.idle-timeout", Type.duration("200ms", "1d"),
            "45s", "A client that neither sends anything nor answers a ping for so long is closed.");
    static final Setting<Duration> WRITE_STALL = Setting.of("connections.write-stall", Type.duration("100ms", "1h"),
            "10s", "A client that takes nothing for so long, though there is something for it, is closed.");
    static final List<Setting<?>> ALL = List.of(MAX, PER_ADDRESS, PER_KEY, RATE_PER_ADDRESS, RATE_PER_KEY, MAX_MESSAGE,
            PENDING, ROOMS, DELIVER_TIMEOUT, OUTBOX, PING, IDLE_TIMEOUT, WRITE_STALL);

    static ConnectionsSettings from(Values values) {
        Duration ping = values.get(PING);
        Duration idle = values.get(IDLE_TIMEOUT);
        if (idle.compareTo(ping.multipliedBy(2)) < 0) {
            throw values.refused(IDLE_TIMEOUT,
                    "at least twice " + PING.fullName() + ", which is " + DurationText.format(ping));
        }
        if (values.get(PENDING) < values.get(MAX_MESSAGE) + ENVELOPE) {
            throw values.refused(PENDING, "at least 1KiB more than " + MAX_MESSAGE.fullName());
        }
        return new ConnectionsSettings(values.get(MAX),
                new Share(values.get(PER_ADDRESS), values.get(RATE_PER_ADDRESS)),
                new Share(values.get(PER_KEY), values.get(RATE_PER_KEY)), values.get(MAX_MESSAGE), values.get(PENDING),
                values.get(ROOMS), values.get(DELIVER_TIMEOUT), values.get(OUTBOX), ping, idle,
                values.get(WRITE_STALL));
    }
}
