package io.sandgate.gateway.connection.socket;

import java.time.Duration;

/// What a client's socket may take, and how long it is waited for.
///
/// @param maxPending bytes that may wait to be written to one socket, each message counted with [ConnectionSocket#OVERHEAD]
/// @param maxFrame bytes that a message of a client may have, in however many frames
/// @param maxFramesPerSecond frames of any kind that a client may send in a second
/// @param writeStall for how long nothing may be written while something waits, before the connection is cut
/// @param pingEvery how often the client is asked whether it is there
/// @param deadAfter after how long without a sign of the client the connection is cut
/// @param closeWait how long the client may take to close after it was told to
public record SocketSettings(int maxPending, int maxFrame, int maxFramesPerSecond, Duration writeStall,
        Duration pingEvery, Duration deadAfter, Duration closeWait) {

    /// What holds where nothing is set.
    public static final SocketSettings DEFAULT = new SocketSettings(256 * 1024, 4 * 1024, 100,
            Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(45), Duration.ofSeconds(2));

    public SocketSettings {
        check("maxPending", maxPending);
        check("maxFrame", maxFrame);
        check("maxFramesPerSecond", maxFramesPerSecond);
        check("writeStall", writeStall.toNanos());
        check("pingEvery", pingEvery.toNanos());
        check("closeWait", closeWait.toNanos());
        if (deadAfter.compareTo(pingEvery) <= 0) {
            throw new IllegalArgumentException(
                    "deadAfter: " + deadAfter + " (expected: more than pingEvery, " + pingEvery + ")");
        }
    }

    private static void check(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
        }
    }
}
