package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.ShardListener.Change;
import io.sandgate.gateway.shard.ShardListener.ShardNews;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.session.ShardState;
import java.util.HashMap;
import java.util.Map;

/// Tells a listener what is new of the shards of this replica. held -> resuming or live -> lost -> ... -> released, of each.
///
/// Confined to the loop.
final class ShardTeller {
    private final ShardListener listener;
    private final Map<ShardId, Change> told = new HashMap<>();

    ShardTeller(ShardListener listener) {
        this.listener = listener;
    }

    /// This replica has a shard.
    void taken(ShardId shard, long epoch) {
        tell(new ShardNews(shard, Change.HELD, epoch, 0, ""));
    }

    /// The session of a shard is in some state, which may be the one that it was in.
    void changed(ShardId shard, ShardState state, long epoch, long attempt, String note) {
        Change last = told.get(shard);
        if (last == null) {
            return;
        }
        Change now = switch (state) {
            case LIVE -> Change.LIVE;
            case RESUMING -> Change.RESUMING;
            case REFUSED, DISCONNECTED -> Change.LOST;
            case WAITING, DIALLING, HELLO, QUEUED, IDENTIFYING, FENCED -> last == Change.HELD ? last : Change.LOST;
            case HANDING_OVER, RELEASED -> last;
        };
        if (now != last) {
            tell(new ShardNews(shard, now, epoch, attempt, note));
        }
    }

    /// This replica does not have a shard any more.
    void released(ShardId shard, long epoch, String note) {
        if (told.containsKey(shard)) {
            tell(new ShardNews(shard, Change.RELEASED, epoch, 0, note));
            told.remove(shard);
        }
    }

    private void tell(ShardNews news) {
        told.put(news.shard(), news.change());
        listener.changed(news);
    }
}
