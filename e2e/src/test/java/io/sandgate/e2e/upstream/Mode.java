package io.sandgate.e2e.upstream;

/// A way in which what comes next goes wrong, for some times or until it is turned off.
public enum Mode {
    /// A connection gets no HELLO.
    NO_HELLO,
    /// A connection gets op 7 in the place of HELLO.
    RECONNECT_FOR_HELLO,
    /// An IDENTIFY gets no answer.
    NO_READY,
    /// READY or RESUMED is followed by op 7.
    RECONNECT_AFTER_READY,
    /// A RESUME gets op 9 with `d: false`, and its session ends.
    RESUME_INVALID,
    /// A heartbeat gets no op 11.
    NO_ACK,
    /// A WebSocket is refused with 503.
    REFUSE_UPGRADE,
    /// A WebSocket's connection is closed before it is one.
    REFUSE_CONNECTION,
    /// `/gateway/bot` answers 429.
    BOT_429,
    /// `/gateway/bot` answers 500.
    BOT_500
}
