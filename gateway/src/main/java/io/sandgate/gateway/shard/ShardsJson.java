package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.pacing.PacingView;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.session.SessionView;
import io.sandgate.gateway.shard.sink.SinkStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/// The shards as operators see them.
final class ShardsJson {
    private static final String UNOWNED = "unowned";

    private ShardsJson() {}

    /// What one replica knows.
    static JsonObject local(String self, ShardHolder holder, Leadership leadership, SinkStatus sink, long timeOfDay,
            long now) {
        JsonObject local = new JsonObject().put("replica", self).put("count", holder.plan().count())
                .put("next", holder.plan().next()).put("cut", holder.plan().cut().size()).put("drains", holder.drains())
                .put("plan", holder.plan().version()).put("leader", leadership.leaderId().orElse(""))
                .put("halted", holder.halted())
                .put("sink", new JsonObject().put("kind", sink.kind()).put("waiting", sink.waiting())
                        .put("failing", sink.failing()))
                .put("shards", PollJson.list(holder.views(), view -> shard(self, view, timeOfDay)));
        leadership.leader().ifPresent(leader -> local.put("term", leader.term()).put("upstream", leader.upstreamError())
                .put("moving", leader.assignments().moving()).put("pacing", pacing(leader.pacer().view(now))));
        return local;
    }

    private static JsonObject shard(String owner, SessionView view, long timeOfDay) {
        return new JsonObject().put("id", view.shard().number()).put("count", view.shard().count()).put("owner", owner)
                .put("state", view.state().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("note", view.note()).put("epoch", view.epoch())
                .put("attempt", view.attempt()).put("failures", view.failures())
                .put("sessionAgeMs", view.readyAt() == 0 ? -1 : Math.max(0, timeOfDay - view.readyAt()))
                .put("sequence", view.received()).put("accepted", view.accepted()).put("waiting", view.waiting())
                .put("ackMs", view.ackMillis()).put("latencyMs", view.latencyMillis()).put("sends", view.sends());
    }

    private static JsonObject pacing(PacingView view) {
        JsonObject pacing = new JsonObject().put("marginMs", view.margin().toMillis())
                .put("capped", PollJson.list(view.capped(), PollJson::shard))
                .put("keys", PollJson.list(view.keys(), key -> {
                    JsonObject one = new JsonObject().put("key", key.key()).put("waiting", key.waiting())
                            .put("opensInMs", key.opensIn().toMillis());
                    key.holder().ifPresent(holder -> one.put("holder", holder.member()).put("shard",
                            holder.shard().number()));
                    return one;
                }));
        view.budget()
                .ifPresent(budget -> pacing.put("startsLeft", budget.remaining()).put("startsTotal", budget.total())
                        .put("reserve", budget.reserve()).put("resetInMs", budget.resetIn().toMillis()));
        return pacing;
    }

    /// All replicas together.
    ///
    /// @param replicas what each knows
    /// @param silent those that did not answer
    static JsonObject cluster(List<JsonObject> replicas, List<String> silent) {
        JsonObject newest = replicas.stream().max(Comparator.comparingLong(each -> each.getLong("plan"))).orElseThrow();
        int count = newest.getInteger("count");
        Map<ShardId, JsonObject> shards = new TreeMap<>();
        for (int each : new TreeSet<>(List.of(count, newest.getInteger("next")))) {
            for (int number = 0; number < each; number++) {
                shards.put(new ShardId(number, each), new JsonObject().put("id", number).put("count", each)
                        .put("owner", "").put("state", UNOWNED));
            }
        }
        for (JsonObject replica : replicas) {
            for (Object each : replica.getJsonArray("shards")) {
                JsonObject shard = (JsonObject) each;
                shards.merge(new ShardId(shard.getInteger("id"), shard.getInteger("count")), shard,
                        (a, b) -> a.getLong("epoch", -1L) > b.getLong("epoch", -1L) ? a : b);
            }
        }
        long live = shards.values().stream().filter(shard -> "live".equals(shard.getString("state"))).count();
        JsonObject cluster = new JsonObject();
        JsonObject leading = replicas.stream().filter(each -> each.containsKey("term")).findFirst().orElse(newest);
        cluster.put("leader", leading.getString("leader")).put("term", leading.getLong("term", 0L)).put("total", count)
                .put("unstable", shards.size() - live)
                .put("halted", replicas.stream().map(each -> each.getString("halted")).filter(why -> !why.isEmpty())
                        .findFirst().orElse(""))
                .put("upstreamError", leading.getString("upstream", ""))
                .put("moving", leading.getInteger("moving", 0))
                .put("rescalingTo", newest.getInteger("next")).put("cutOver", newest.getInteger("cut"))
                .put("drained", new JsonArray(replicas.stream().filter(each -> each.getBoolean("drains"))
                        .map(each -> each.getString("replica")).sorted().toList()))
                .put("silent", new JsonArray(silent));
        cluster.put("sinks", byReplica(replicas, "sink")).put("backfill", byReplica(replicas, "backfill")).put("pacing",
                leading.getJsonObject("pacing", new JsonObject()));
        return cluster.put("shards", new JsonArray(List.copyOf(shards.values())));
    }

    /// What each replica says of itself under a name, if it does.
    private static JsonObject byReplica(List<JsonObject> replicas, String name) {
        JsonObject all = new JsonObject();
        replicas.stream().filter(each -> each.containsKey(name))
                .sorted(Comparator.comparing(each -> Objects.requireNonNull(each.getString("replica"))))
                .forEach(each -> all.put(each.getString("replica"), each.getJsonObject(name)));
        return all;
    }
}
