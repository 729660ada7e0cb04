package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Observed.Identify;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/// The answer to an IDENTIFY with the right token: READY and the shard's guilds, op 9 when the key's window was not kept, or the
/// end of the connection.
final class Identification {
    private final UpstreamState state;
    private final Connection connection;

    Identification(UpstreamState state, Connection connection) {
        this.state = state;
        this.connection = connection;
    }

    void identify(JsonObject data, long now) {
        UpstreamRules rules = state.rules();
        Optional<Shard> shard = shard(data);
        int key = shard.map(Shard::number).map(number -> number % rules.maxConcurrency()).orElse(-1);
        long doubt = now - state.responsiveAt();
        boolean inTime = key < 0 || state.pace().admits(key, now - doubt, now, rules.window().toNanos());
        boolean accepted = accept(data, shard, inTime, now);
        state.seen().identifies.add(
                new Identify(now, doubt, shard, key, rules.maxConcurrency(), connection.number(), accepted));
        if (accepted) {
            connection.identifying();
            long intents = data.getLong("intents");
            state.after(rules.readyDelay(), () -> shard.ifPresent(known -> ready(known, intents)));
        }
    }

    /// Takes one of the bot's starts, whatever comes of it.
    private boolean accept(JsonObject data, Optional<Shard> shard, boolean inTime, long now) {
        UpstreamRules rules = state.rules();
        if (!state.starts().take(now)) {
            connection.offend(Rule.START_LIMIT, "an IDENTIFY when none was left");
            state.resetToken();
            return false;
        }
        if (shard.isEmpty()) {
            Rule rule = data.containsKey("shard") ? Rule.INVALID_SHARD : Rule.SHARDING_REQUIRED;
            connection.offend(rule, "shard: " + data.getValue("shard") + " (expected: of a multiple of "
                    + rules.requiredShardMultiple() + ")");
            return false;
        }
        if (!inTime) {
            connection.offend(Rule.IDENTIFY_WINDOW,
                    "shard " + shard.get() + " less than " + rules.window() + " after another one of its key");
            connection.send(9, false);
            return false;
        }
        if (!(data.getValue("intents") instanceof Number intents)
                || (intents.longValue() & ~UpstreamRules.KNOWN_INTENTS) != 0) {
            connection.offend(Rule.INVALID_INTENTS, "intents: " + data.getValue("intents"));
            return false;
        }
        if ((intents.longValue() & ~rules.allowedIntents()) != 0) {
            connection.offend(Rule.DISALLOWED_INTENTS, "intents: " + intents);
            return false;
        }
        if (state.modes().take(Mode.NO_READY)) {
            connection.identifying();
            return false;
        }
        return true;
    }

    /// The shard that was asked for; empty for an impossible one, and for none where one is needed.
    private Optional<Shard> shard(JsonObject data) {
        UpstreamRules rules = state.rules();
        if (!data.containsKey("shard")) {
            return rules.recommendedShards() > 1 ? Optional.empty() : Optional.of(new Shard(0, 1));
        }
        if (data.getValue("shard") instanceof JsonArray pair && pair.size() == 2
                && pair.getValue(0) instanceof Integer number && pair.getValue(1) instanceof Integer count
                && number >= 0 && number < count && count % rules.requiredShardMultiple() == 0) {
            return Optional.of(new Shard(number, count));
        }
        return Optional.empty();
    }

    private void ready(Shard shard, long intents) {
        if (!connection.isOpen()) {
            return;
        }
        Session session = state.sessions().open(shard, intents, connection);
        connection.session(session);
        JsonArray guilds = new JsonArray();
        for (long guild : Guilds.of(shard, state.rules())) {
            guilds.add(new JsonObject().put("id", Long.toString(guild)).put("unavailable", true));
        }
        state.give(session, Dispatch.of("READY", new JsonObject().put("v", 10)
                .put("user", new JsonObject().put("id", "1").put("username", "bot").put("bot", true))
                .put("guilds", guilds).put("session_id", session.id())
                .put("resume_gateway_url", state.resumeUrl())
                .put("shard", new JsonArray().add(shard.number()).add(shard.count()))
                .put("application", new JsonObject().put("id", "1").put("flags", 0))));
        for (long guild : Guilds.of(shard, state.rules())) {
            state.give(session, Dispatch.of("GUILD_CREATE", new JsonObject().put("id", Long.toString(guild))
                    .put("name", "guild").put("unavailable", false)
                    .put("member_count", state.rules().membersPerGuild()).put("members", new JsonArray())));
        }
        if (state.modes().take(Mode.RECONNECT_AFTER_READY)) {
            connection.send(7, "null");
        }
    }
}
