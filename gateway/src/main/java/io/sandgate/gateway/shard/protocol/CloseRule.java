package io.sandgate.gateway.shard.protocol;

/// What follows from the end of a connection.
public enum CloseRule {
    /// Connect again and go on with the session, if there is one.
    RESUME,
    /// As [#RESUME], but not at once: too much was sent.
    RESUME_AFTER_BACKOFF,
    /// The session is over: connect again and ask for a new one.
    NEW_SESSION,
    /// This shard can never connect as it is; others may.
    STOP_SHARD,
    /// No shard of this bot can connect as they are.
    STOP_ALL,
    /// The bot has too many guilds for so few shards.
    RESHARD;

    /// The rule for a close code, -1 when the connection ended without one. Codes that are not known are worth a RESUME: the
    /// upstream says when the session is none any more.
    public static CloseRule of(int code) {
        return switch (code) {
            case 4008 -> RESUME_AFTER_BACKOFF;
            case 4003, 4005, 4007, 4009 -> NEW_SESSION;
            case 4010, 4012 -> STOP_SHARD;
            case 4004, 4013, 4014 -> STOP_ALL;
            case 4011 -> RESHARD;
            default -> RESUME;
        };
    }

    /// A close code in words, with what an operator can do about it.
    public static String meaning(int code) {
        return switch (code) {
            case -1, 1005, 1006 -> "the connection ended without a close code";
            case 1000, 1001 -> "the upstream closed the connection";
            case 4000 -> "the upstream had an error it does not name";
            case 4001 -> "a payload was sent that the upstream does not know: a fault of this program";
            case 4002 -> "a payload was sent that the upstream cannot read: a fault of this program";
            case 4003 -> "something was sent before the session began, or the session was ended by the upstream";
            case 4004 -> "the token is wrong: set sandgate.shards.token";
            case 4005 -> "a session was asked for twice on one connection";
            case 4007 -> "the sequence to resume from is not one of the session";
            case 4008 -> "too much was sent in a minute";
            case 4009 -> "the session was not resumed in time";
            case 4010 -> "the shard's number or count is not allowed:"
                    + " a very large bot needs a multiple of the count that the upstream names; set sandgate.shards.count";
            case 4011 -> "the bot has too many guilds for so few shards: set a higher sandgate.shards.count";
            case 4012 -> "the upstream no longer has this version of its protocol: update this program";
            case 4013 -> "the intents are wrong: set sandgate.shards.intents";
            case 4014 -> "the bot may not have an intent that is privileged:"
                    + " turn it on for the bot at the upstream, or leave it out of sandgate.shards.intents";
            default -> "close code " + code + ", which is not known";
        };
    }
}
