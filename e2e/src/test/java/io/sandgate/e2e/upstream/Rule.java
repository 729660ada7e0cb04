package io.sandgate.e2e.upstream;

/// What a client can offend against, with the code that the connection is closed with; 0 when it is not closed.
public enum Rule {
    /// An opcode that a client does not send.
    UNKNOWN_OPCODE(4001),
    /// A message that is not understood.
    DECODE(4002),
    /// A message that is too long.
    PAYLOAD_SIZE(4002),
    /// Anything but the start of a session before there is one.
    NOT_AUTHENTICATED(4003),
    /// A wrong token.
    AUTHENTICATION(4004),
    /// The start of a session when there is one.
    ALREADY_AUTHENTICATED(4005),
    /// A sequence that was not sent yet.
    SEQUENCE_TOO_HIGH(4007),
    /// More messages in a window than allowed.
    SEND_RATE(4008),
    /// One and a half intervals without a heartbeat.
    HEARTBEAT_ABSENT(4009),
    /// A shard that cannot be.
    INVALID_SHARD(4010),
    /// No shard where one is needed.
    SHARDING_REQUIRED(4011),
    /// Another version than 10.
    INVALID_VERSION(4012),
    /// Intents that do not exist, or none given.
    INVALID_INTENTS(4013),
    /// Intents that the bot may not have.
    DISALLOWED_INTENTS(4014),
    /// Two IDENTIFYs of one key within the window: answered with op 9.
    IDENTIFY_WINDOW(0),
    /// An IDENTIFY when none was left: the token is reset.
    START_LIMIT(4004),
    /// A RESUME over a connection with another version, encoding or compression than the session had.
    RESUME_QUERY(0),
    /// A whole list of members asked for by a session without the intent: not answered.
    MEMBERS_INTENT(0);

    private final int closeCode;

    Rule(int closeCode) {
        this.closeCode = closeCode;
    }

    int closeCode() {
        return closeCode;
    }
}
