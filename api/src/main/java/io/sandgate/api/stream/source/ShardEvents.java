package io.sandgate.api.stream.source;

import io.sandgate.gateway.shard.ShardListener;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The events of the shards of this replica. What it knows is guarded by the lock of [Telling].
///
/// A subject is what one replica says of a shard: the order between two replicas is not known, so what the former owner says
/// last must not hide what the next one says.
final class ShardEvents implements ShardListener, Source {
    private static final String RELEASED = "shard.released";

    private final String self;
    private final Telling telling;
    private final InstantSource clock;
    private final String prefix;
    private final Map<String, ShardNews> present = new HashMap<>();

    ShardEvents(String self, Telling telling, InstantSource clock) {
        this.self = self;
        this.telling = telling;
        this.clock = clock;
        this.prefix = "shard/" + self + "/";
    }

    @Override
    public void changed(ShardNews news) {
        telling.inOrder(() -> {
            String subject = subject(news.shard());
            if (news.change() == Change.RELEASED) {
                present.remove(subject);
            } else {
                present.put(subject, news);
            }
            telling.tell(event(subject, news));
        });
    }

    private String subject(ShardId shard) {
        return prefix + shard;
    }

    private Event event(String subject, ShardNews news) {
        JsonObject data = new JsonObject().put("shard", new JsonArray().add(news.shard().number())
                .add(news.shard().count())).put("replica", self).put("epoch", news.epoch());
        if (news.attempt() > 0) {
            data.put("attempt", news.attempt());
        }
        if (!news.note().isEmpty()) {
            data.put(Facts.REASON, news.note());
        }
        return event("shard." + Words.of(news.change()), subject, data);
    }

    private Event event(String kind, String subject, JsonObject data) {
        return new Event(kind, subject, kind.equals(RELEASED), clock.instant(), "", "", Map.of(), data.encode(),
                Reach.CLUSTER);
    }

    // --- what the log has ---------------------------------------------------------------------------------------------------

    @Override
    public String prefix() {
        return prefix;
    }

    @Override
    public Set<String> subjects() {
        Set<String> subjects = new HashSet<>();
        telling.inOrder(() -> subjects.addAll(present.keySet()));
        return subjects;
    }

    @Override
    public Optional<Event> correction(String subject, @Nullable Event told) {
        ShardNews news = present.get(subject);
        if (news == null) {
            return Optional.ofNullable(told).map(each -> event(RELEASED, subject,
                    Facts.of(each).put(Facts.REASON, SandboxEvents.FOUND)));
        }
        Event now = event(subject, news);
        boolean isTold = told != null && told.kind().equals(now.kind()) && Facts.agree(told, now);
        return isTold ? Optional.empty() : Optional.of(now);
    }
}
