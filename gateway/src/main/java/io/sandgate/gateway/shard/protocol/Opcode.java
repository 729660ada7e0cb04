package io.sandgate.gateway.shard.protocol;

/// The kinds of payloads: a payload's `op`. Numbers and not an enum, since the upstream may send new ones at any time, which
/// are skipped.
public final class Opcode {
    /// An event; only this one has a sequence and a type. Received.
    public static final int DISPATCH = 0;
    /// Both ways; one that is received is answered with one at once.
    public static final int HEARTBEAT = 1;
    /// Asks for a new session. Sent.
    public static final int IDENTIFY = 2;
    /// Sent.
    public static final int PRESENCE_UPDATE = 3;
    /// Sent.
    public static final int VOICE_STATE_UPDATE = 4;
    /// Asks to go on with a session. Sent.
    public static final int RESUME = 6;
    /// Asks to connect again and to resume. Received, also in place of [#HELLO].
    public static final int RECONNECT = 7;
    /// Sent.
    public static final int REQUEST_GUILD_MEMBERS = 8;
    /// The session is not one, any more or yet; its flag says whether it may be resumed. Received.
    public static final int INVALID_SESSION = 9;
    /// The first payload of a connection. Received.
    public static final int HELLO = 10;
    /// Answers a heartbeat. Received.
    public static final int HEARTBEAT_ACK = 11;
    /// Sent.
    public static final int REQUEST_SOUNDBOARD_SOUNDS = 31;
    /// Sent.
    public static final int REQUEST_CHANNEL_INFO = 43;

    private Opcode() {}
}
