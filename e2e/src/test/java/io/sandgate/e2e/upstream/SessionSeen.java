package io.sandgate.e2e.upstream;

import java.util.Optional;

/// A session as it is at a moment.
///
/// @param lastSequence of the last event that it was given, which is also how many
/// @param connection the number of the connection that has it; empty while it can only be resumed, and after its end
/// @param ended why it ended; empty while it did not
public record SessionSeen(String id, Shard shard, long lastSequence, Optional<Integer> connection, String ended) {

    public boolean isLive() {
        return ended.isEmpty();
    }
}
