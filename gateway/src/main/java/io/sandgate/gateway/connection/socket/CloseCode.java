package io.sandgate.gateway.connection.socket;

/// The codes with which a client's socket is closed; those from 4000 on are this program's own.
public final class CloseCode {
    /// The client broke off in the middle of a message, or sent one that is no text.
    public static final int UNSUPPORTED = 1003;
    /// Text that is not UTF-8.
    public static final int NO_TEXT = 1007;
    /// A message that is none of those that a client may send.
    public static final int POLICY = 1008;
    /// A message that is too long.
    public static final int TOO_BIG = 1009;
    /// The replica is going down.
    public static final int GOING_AWAY = 1001;
    /// The key with which it was opened was revoked.
    public static final int FORBIDDEN = 4003;
    /// The client does not read what is sent to it.
    public static final int SLOW = 4008;
    /// The replica takes no more connections.
    public static final int CAPACITY = 4013;
    /// The client sends too fast.
    public static final int RATE = 4029;

    private CloseCode() {}
}
