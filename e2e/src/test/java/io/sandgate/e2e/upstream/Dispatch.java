package io.sandgate.e2e.upstream;

import io.vertx.core.json.JsonObject;

/// One event for a session, without its place in it. Kept until it cannot be replayed any more, so that long texts are made
/// when they are sent.
sealed interface Dispatch {

    String type();

    /// The event's `d`.
    String data();

    /// Its running number in its shard; 0 without one.
    default int number() {
        return 0;
    }

    /// The whole message.
    default String message(long sequence) {
        return "{\"t\":\"" + type() + "\",\"s\":" + sequence + ",\"op\":0,\"d\":" + data() + "}";
    }

    /// An event that somebody wrote.
    record Told(String type, String data) implements Dispatch {}

    /// An event of the steady ones.
    record Numbered(Shard shard, long guild, int number) implements Dispatch {
        @Override
        public String type() {
            return "MESSAGE_CREATE";
        }

        @Override
        public String data() {
            return "{\"id\":\"" + number + "\",\"channel_id\":\"1\",\"guild_id\":\"" + guild
                    + "\",\"content\":\"event\",\"n\":"
                    + number + ",\"shard\":" + shard + "}";
        }
    }

    /// Some of a guild's members.
    ///
    /// @param from the first one's place in the list
    /// @param nonce as JSON, `null` without one
    record MembersChunk(long guild, int from, int size, int index, int count, String nonce) implements Dispatch {
        @Override
        public String type() {
            return "GUILD_MEMBERS_CHUNK";
        }

        @Override
        public String data() {
            StringBuilder text = new StringBuilder(64 + 40 * size).append("{\"guild_id\":\"").append(guild)
                    .append("\",\"chunk_index\":").append(index).append(",\"chunk_count\":").append(count)
                    .append(",\"not_found\":[]");
            if (!nonce.equals("null")) {
                text.append(",\"nonce\":").append(nonce);
            }
            text.append(",\"members\":[");
            for (int i = 0; i < size; i++) {
                text.append(i == 0 ? "" : ",").append("{\"user\":{\"id\":\"").append(Guilds.member(guild, from + i))
                        .append("\"}}");
            }
            return text.append("]}").toString();
        }
    }

    static Dispatch of(String type, JsonObject data) {
        return new Told(type, data.encode());
    }
}
