package io.sandgate.gateway.stream.pump;

/// Why the server ends a subscription.
public enum End {
    /// The replica stops.
    DRAIN(1001, "the replica stops: go on at another one"),
    /// The subscriber sent data.
    UNEXPECTED_DATA(1008, "a subscriber sends no data"),
    /// The log could not be read.
    FAILED(1011, "the replica could not read its log; its own log says why"),
    /// The key that it came with is not valid any more.
    FORBIDDEN(4003, "the key was revoked"),
    /// It reads nothing.
    SLOW(4008, "nothing was read for too long"),
    /// It answers no pings.
    SILENT(4008, "pings were not answered for too long"),
    /// What comes next for it is gone.
    LOST(4009, "what is behind the cursor is no longer kept: take the state and go on from there");

    private final int code;
    private final String reason;

    End(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    /// The code that a WebSocket is closed with.
    public int code() {
        return code;
    }

    /// For people, at most 123 bytes.
    public String reason() {
        return reason;
    }
}
