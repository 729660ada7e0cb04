package io.sandgate.gateway.shard.backfill;

import java.util.OptionalLong;
import java.util.function.LongConsumer;

/// How many members each guild had when its whole list was last counted, with the joins and leaves that were seen since.
///
/// A hint: it may be old, where another replica has the guild's shard, and whoever has no count for a guild asks for its
/// list.
public interface GuildCounts {

    /// The count, when the guild's list was counted.
    OptionalLong known(long guild);

    /// A whole list was counted.
    void learned(long guild, long count);

    /// So many joined, or left when negative; nothing where the list was never counted.
    void changed(long guild, long delta);

    /// The guild is no more.
    void gone(long guild);

    /// Gives each guild with a count, in any order.
    void each(LongConsumer guild);
}
