package io.sandgate.gateway.shard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sandgate.gateway.shard.backfill.MemberChunk;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.RawJson;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/// Reads what events say of guilds: in one pass over the bytes, without an object for what is in them, and no further than
/// needed.
///
/// What is not as expected says nothing: these events go to the sink as they are.
final class GuildSigns {
    private static final JsonFactory JSON = new JsonFactoryBuilder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    /// How far an event is looked into that is not of interest itself.
    private static final int LOOK_BYTES = 16 << 10;
    private static final int MEMBER_REQUEST = 8;
    private static final int MOST_NONCE = 32;
    private static final int MOST_DIGITS = 19;
    private static final double MOST_RETRY_SECONDS = 3_600;

    private long id;
    private long guild;
    private boolean unavailable;
    private boolean saysWhether;
    private int memberCount = -1;
    private int members = -1;
    private int index = -1;
    private int count = -1;
    private int opcode = -1;
    private double retryAfter;
    private String nonce = "";

    private GuildSigns() {}

    /// What an event says whose type is about guilds as a whole, or about their members.
    static Optional<GuildSign> of(Payload event) {
        return switch (event.type()) {
            case "GUILD_CREATE" -> read(event.data(), Integer.MAX_VALUE, GuildSigns::isWhole)
                    .flatMap(GuildSigns::present);
            case "GUILD_DELETE" -> read(event.data()).filter(read -> read.id > 0 && !read.unavailable)
                    .map(read -> new GuildSign.Gone(read.id));
            case "GUILD_MEMBER_ADD" -> moved(event, 1);
            case "GUILD_MEMBER_REMOVE" -> moved(event, -1);
            case "GUILD_MEMBERS_CHUNK" -> read(event.data()).flatMap(GuildSigns::chunk);
            case "RATE_LIMITED" -> read(event.data()).flatMap(GuildSigns::refused);
            default -> Optional.empty();
        };
    }

    /// The guild in which any event happened, if it says so at its beginning.
    static Optional<GuildSign> mention(Payload event) {
        return read(event.data(), LOOK_BYTES, read -> read.guild > 0).filter(read -> read.guild > 0)
                .map(read -> new GuildSign.Mentioned(read.guild));
    }

    /// Whether a GUILD_CREATE, which can be megabytes, needs no further reading.
    private boolean isWhole() {
        return id > 0 && memberCount >= 0 && saysWhether;
    }

    private Optional<GuildSign> present() {
        return id > 0 && !unavailable
                ? Optional.of(new GuildSign.Present(id, Math.max(0, memberCount)))
                : Optional.empty();
    }

    private static Optional<GuildSign> moved(Payload event, int delta) {
        return read(event.data(), LOOK_BYTES, read -> read.guild > 0).filter(read -> read.guild > 0)
                .map(read -> new GuildSign.Moved(read.guild, delta));
    }

    private Optional<GuildSign> chunk() {
        return guild > 0 && members >= 0
                ? Optional.of(new GuildSign.Chunk(new MemberChunk(guild, nonce, index, count, members)))
                : Optional.empty();
    }

    private Optional<GuildSign> refused() {
        return guild > 0 && opcode == MEMBER_REQUEST
                ? Optional.of(new GuildSign.Refused(guild, nonce,
                        Duration.ofMillis((long) Math.ceil(Math.clamp(retryAfter, 0, MOST_RETRY_SECONDS) * 1_000))))
                : Optional.empty();
    }

    private static Optional<GuildSigns> read(RawJson data) {
        return read(data, Integer.MAX_VALUE, _ -> false);
    }

    /// @param most how many bytes are looked at
    /// @param enough whether the rest need not be read
    private static Optional<GuildSigns> read(RawJson data, int most, Predicate<GuildSigns> enough) {
        GuildSigns signs = new GuildSigns();
        try (JsonParser parser = JSON.createParser(data.bytes(), data.from(), Math.min(data.length(), most))) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (!enough.test(signs) && parser.nextToken() == JsonToken.FIELD_NAME) {
                    signs.field(parser.currentName(), parser.nextToken(), parser);
                }
            }
            return Optional.of(signs);
        } catch (IOException _) {
            // longer than it is looked at, or a number that none of these can be
            return Optional.empty();
        }
    }

    private void field(String name, JsonToken value, JsonParser parser) throws IOException {
        switch (name) {
            case "id" -> id = snowflake(value, parser);
            case "guild_id" -> guild = snowflake(value, parser);
            case "unavailable" -> {
                saysWhether = true;
                unavailable = value == JsonToken.VALUE_TRUE;
            }
            case "member_count" -> memberCount = integer(value, parser);
            case "chunk_index" -> index = integer(value, parser);
            case "chunk_count" -> count = integer(value, parser);
            case "opcode" -> opcode = integer(value, parser);
            case "retry_after" -> retryAfter = value.isNumeric() ? parser.getDoubleValue() : 0;
            case "nonce" -> nonce = value == JsonToken.VALUE_STRING && parser.getTextLength() <= MOST_NONCE
                    ? parser.getText()
                    : "";
            case "members" -> members = value == JsonToken.START_ARRAY ? size(parser) : -1;
            case "meta" -> meta(value, parser);
            default -> {
                // says nothing of a guild as a whole
            }
        }
        parser.skipChildren();
    }

    private void meta(JsonToken value, JsonParser parser) throws IOException {
        while (value == JsonToken.START_OBJECT && parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken inner = parser.nextToken();
            if (name.equals("guild_id") || name.equals("nonce")) {
                field(name, inner, parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    private static int size(JsonParser parser) throws IOException {
        int size = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            parser.skipChildren();
            size++;
        }
        return size;
    }

    private static int integer(JsonToken value, JsonParser parser) throws IOException {
        return value == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : -1;
    }

    /// An id as a text or a number; 0 for anything else.
    private static long snowflake(JsonToken value, JsonParser parser) throws IOException {
        if (value == JsonToken.VALUE_NUMBER_INT) {
            return parser.getLongValue();
        }
        if (value != JsonToken.VALUE_STRING || parser.getTextLength() > MOST_DIGITS) {
            return 0;
        }
        long number = 0;
        for (char digit : parser.getText().toCharArray()) {
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = 10 * number + digit - '0';
        }
        // beyond what a number can be, it is negative, and no id
        return number;
    }
}
