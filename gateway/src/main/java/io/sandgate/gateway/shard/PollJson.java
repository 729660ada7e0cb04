package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.assign.Holding;
import io.sandgate.gateway.shard.assign.Orders;
import io.sandgate.gateway.shard.assign.Orders.Lease;
import io.sandgate.gateway.shard.assign.Release;
import io.sandgate.gateway.shard.pacing.Permit;
import io.sandgate.gateway.shard.pacing.PermitReport;
import io.sandgate.gateway.shard.pacing.Waiting;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.RecordJson;
import io.sandgate.gateway.shard.record.SessionRecord;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Polls and their answers as JSON. What there is one of for each shard is an array of numbers, since there are thousands.
final class PollJson {

    private PollJson() {}

    static JsonObject write(Poll poll) {
        return new JsonObject().put("member", poll.member()).put("life", poll.life()).put("term", poll.term())
                .put("number", poll.number())
                .put("holdings", list(poll.holdings(), holding -> shard(holding.shard()).add(holding.epoch())
                        .add(holding.fresh()).add(holding.live())))
                .put("releases", list(poll.releases(), PollJson::write))
                .put("waiting", list(poll.waiting(), waiting -> shard(waiting.shard()).add(waiting.attempt())
                        .add(waiting.cold())))
                .put("reports", list(poll.reports(), report -> shard(report.shard()).add(report.permit())
                        .add(report.kind().name())))
                .put("refused", poll.refused()).put("drains", poll.drains()).put("plan", write(poll.plan()));
    }

    private static JsonObject write(Release release) {
        return new JsonObject().put("shard", shard(release.shard())).put("epoch", release.epoch()).put("session",
                release.session().map(RecordJson::write).orElse(null));
    }

    /// @throws IllegalArgumentException when it is none
    static Poll readPoll(JsonObject poll) {
        return checked(() -> new Poll(poll.getString("member"), poll.getLong("life"), poll.getLong("term"),
                poll.getLong("number"),
                each(poll.getJsonArray("holdings"), holding -> new Holding(shard(holding), holding.getLong(2),
                        holding.getBoolean(3), holding.getBoolean(4))),
                objects(poll.getJsonArray("releases"), PollJson::readRelease),
                each(poll.getJsonArray("waiting"), waiting -> new Waiting(shard(waiting), waiting.getLong(2),
                        waiting.getBoolean(3))),
                each(poll.getJsonArray("reports"), report -> new PermitReport(report.getLong(2), shard(report),
                        PermitReport.Kind.valueOf(report.getString(3)))),
                poll.getString("refused"), poll.getBoolean("drains"), readPlan(poll.getJsonObject("plan"))));
    }

    private static Release readRelease(JsonObject release) {
        return new Release(shard(release.getJsonArray("shard")), release.getLong("epoch"),
                Optional.ofNullable(release.getJsonObject("session")).map(RecordJson::read));
    }

    static JsonObject write(PollAnswer answer) {
        Orders orders = answer.orders();
        return new JsonObject().put("term", answer.term())
                .put("leases", list(orders.leases(), lease -> shard(lease.shard()).add(lease.epoch())))
                .put("sessions", RecordJson.write(orders.leases().stream().flatMap(lease -> lease.session().stream())
                        .toList()))
                .put("giveBack", list(orders.giveBack(), PollJson::shard)).put("complete", orders.complete())
                .put("permits", list(answer.permits(), permit -> shard(permit.shard()).add(permit.id())
                        .add(permit.attempt())))
                .put("plan", write(answer.plan())).put("gateway", answer.gateway().map(URI::toString).orElse(null))
                .put("halted", answer.halted());
    }

    /// @throws IllegalArgumentException when it is none
    static PollAnswer readAnswer(JsonObject answer) {
        return checked(() -> {
            Map<ShardId, SessionRecord> sessions = RecordJson.read(answer.getJsonArray("sessions")).stream()
                    .collect(Collectors.toMap(SessionRecord::shard, session -> session));
            List<Lease> leases = each(answer.getJsonArray("leases"), lease -> new Lease(shard(lease), lease.getLong(2),
                    Optional.ofNullable(sessions.get(shard(lease)))));
            return new PollAnswer(answer.getLong("term"),
                    new Orders(leases, each(answer.getJsonArray("giveBack"), PollJson::shard),
                            answer.getBoolean("complete")),
                    each(answer.getJsonArray("permits"),
                            permit -> new Permit(permit.getLong(2), shard(permit), permit.getLong(3))),
                    readPlan(answer.getJsonObject("plan")),
                    Optional.ofNullable(answer.getString("gateway")).map(URI::create), answer.getString("halted"));
        });
    }

    static JsonObject write(Plan plan) {
        return new JsonObject().put("version", plan.version()).put("count", plan.count()).put("next", plan.next())
                .put("cut", list(plan.cut(), number -> number)).put("retired", list(plan.retired(), number -> number))
                .put("disconnected", list(plan.disconnected(), number -> number));
    }

    /// @throws IllegalArgumentException when it is none
    static Plan readPlan(JsonObject plan) {
        return checked(() -> new Plan(plan.getLong("version"), plan.getInteger("count"), plan.getInteger("next"),
                numbers(plan.getJsonArray("cut")), numbers(plan.getJsonArray("retired")),
                numbers(plan.getJsonArray("disconnected"))));
    }

    private static Set<Integer> numbers(JsonArray array) {
        return array.stream().map(Integer.class::cast).collect(Collectors.toSet());
    }

    static JsonArray shard(ShardId shard) {
        return new JsonArray().add(shard.number()).add(shard.count());
    }

    static ShardId shard(JsonArray array) {
        return new ShardId(array.getInteger(0), array.getInteger(1));
    }

    static <T> JsonArray list(Collection<T> values, Function<T, Object> writer) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(writer.apply(value)));
        return array;
    }

    static <T> List<T> each(JsonArray array, Function<JsonArray, T> reader) {
        List<T> values = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            values.add(reader.apply(array.getJsonArray(i)));
        }
        return values;
    }

    private static <T> List<T> objects(JsonArray array, Function<JsonObject, T> reader) {
        List<T> values = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            values.add(reader.apply(array.getJsonObject(i)));
        }
        return values;
    }

    private static <T> T checked(Supplier<T> reader) {
        try {
            return reader.get();
        } catch (NullPointerException | ClassCastException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("something is missing or of the wrong kind", e);
        }
    }
}
