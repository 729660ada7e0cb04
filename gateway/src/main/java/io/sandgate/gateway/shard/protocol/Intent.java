package io.sandgate.gateway.shard.protocol;

/// A kind of events that the upstream sends only to those who ask for it, by its documented name.
enum Intent {
    GUILDS(0),
    /// Privileged.
    GUILD_MEMBERS(1), GUILD_MODERATION(2), GUILD_EXPRESSIONS(3), GUILD_INTEGRATIONS(4), GUILD_WEBHOOKS(
            5), GUILD_INVITES(6), GUILD_VOICE_STATES(7),
    /// Privileged.
    GUILD_PRESENCES(8), GUILD_MESSAGES(9), GUILD_MESSAGE_REACTIONS(10), GUILD_MESSAGE_TYPING(11), DIRECT_MESSAGES(
            12), DIRECT_MESSAGE_REACTIONS(13), DIRECT_MESSAGE_TYPING(14),
    /// Privileged.
    MESSAGE_CONTENT(15), GUILD_SCHEDULED_EVENTS(16), AUTO_MODERATION_CONFIGURATION(20), AUTO_MODERATION_EXECUTION(
            21), GUILD_MESSAGE_POLLS(24), DIRECT_MESSAGE_POLLS(25);

    private final long bit;

    Intent(int number) {
        bit = 1L << number;
    }

    long bit() {
        return bit;
    }

    /// Whether a bot must be allowed to ask for it.
    boolean isPrivileged() {
        return switch (this) {
            case GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT -> true;
            default -> false;
        };
    }
}
