package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Dispatch.MembersChunk;
import io.sandgate.e2e.upstream.Observed.Answer;
import io.sandgate.e2e.upstream.Observed.MemberRequest;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The answer to a request for a guild's members: chunks of the whole list, of its beginning for a prefix, or of the users that
/// were asked for. A guild's whole list is sent once in a window, to whomever.
final class MemberList {
    private static final int CHUNK = 1000;
    private static final int MAX_SOME = 100;
    private static final int MAX_NONCE = 32;

    private final UpstreamState state;
    private final Connection connection;
    private final Session session;

    MemberList(UpstreamState state, Connection connection, Session session) {
        this.state = state;
        this.connection = connection;
        this.session = session;
    }

    void request(JsonObject data, long now) {
        long guild = snowflake(data.getValue("guild_id"));
        if (guild < 0) {
            connection.offend(Rule.DECODE, "guild_id: " + data.getValue("guild_id") + " (expected: one id)");
            return;
        }
        state.seen().memberRequests
                .add(new MemberRequest(now, guild, session.shard(), connection.number(), answer(guild, data, now)));
    }

    private Answer answer(long guild, JsonObject data, long now) {
        UpstreamRules rules = state.rules();
        if (!Guilds.exists(guild, rules) || !Shard.of(guild, session.shard().count()).equals(session.shard())) {
            return Answer.IGNORED;
        }
        String nonce = nonce(data.getValue("nonce"));
        if (data.getValue("user_ids") instanceof JsonArray users) {
            return users(guild, users, nonce);
        }
        int limit = data.getValue("limit") instanceof Number number ? number.intValue() : -1;
        String query = data.getString("query", "");
        if (limit < 0 || limit > MAX_SOME || (limit == 0 && !query.isEmpty())) {
            return Answer.IGNORED;
        }
        return limit == 0 ? whole(guild, nonce, now) : chunks(guild, Math.min(limit, rules.membersPerGuild()), nonce);
    }

    private Answer whole(long guild, String nonce, long now) {
        if (!session.intends(UpstreamRules.GUILD_MEMBERS)) {
            connection.offend(Rule.MEMBERS_INTENT, "the whole list of guild " + guild + " without the intent");
            return Answer.IGNORED;
        }
        Duration wait = state.listWait(guild, now);
        if (wait.isPositive()) {
            state.give(session, Dispatch.of("RATE_LIMITED", new JsonObject().put("opcode", 8)
                    .put("retry_after", wait.toNanos() / 1e9)
                    .put("meta", new JsonObject().put("guild_id", Long.toString(guild))
                            .put("nonce", Json.decodeValue(nonce)))));
            return Answer.RATE_LIMITED;
        }
        return chunks(guild, state.rules().membersPerGuild(), nonce);
    }

    private Answer chunks(long guild, int members, String nonce) {
        int count = Math.max(1, Math.ceilDiv(members, CHUNK));
        for (int index = 0; index < count; index++) {
            int from = index * CHUNK;
            state.give(session, new MembersChunk(guild, from, Math.min(CHUNK, members - from), index, count, nonce));
        }
        return Answer.SENT;
    }

    private Answer users(long guild, JsonArray users, String nonce) {
        if (users.size() > MAX_SOME) {
            return Answer.IGNORED;
        }
        JsonArray found = new JsonArray();
        JsonArray notFound = new JsonArray();
        for (Object user : users) {
            if (Guilds.place(guild, snowflake(user), state.rules()) >= 0) {
                found.add(new JsonObject().put("user", new JsonObject().put("id", user.toString())));
            } else {
                notFound.add(user);
            }
        }
        JsonObject chunk = new JsonObject().put("guild_id", Long.toString(guild)).put("chunk_index", 0)
                .put("chunk_count", 1).put("not_found", notFound).put("members", found);
        if (!nonce.equals("null")) {
            chunk.put("nonce", Json.decodeValue(nonce));
        }
        state.give(session, Dispatch.of("GUILD_MEMBERS_CHUNK", chunk));
        return Answer.SENT;
    }

    /// As JSON; one that is too long is as good as none.
    private static String nonce(@Nullable Object nonce) {
        return nonce instanceof String text && text.getBytes(StandardCharsets.UTF_8).length <= MAX_NONCE
                ? Json.encode(text)
                : "null";
    }

    /// An id, as a text or a number; -1 for anything else.
    private static long snowflake(@Nullable Object value) {
        return switch (value) {
            case String text when text.matches("[0-9]{1,18}") -> Long.parseLong(text);
            case Long number -> number;
            case Integer number -> number;
            case null, default -> -1;
        };
    }
}
