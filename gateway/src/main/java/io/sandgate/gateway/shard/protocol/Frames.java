package io.sandgate.gateway.shard.protocol;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What is sent to the upstream, as JSON text. It closes the connection on a frame that is longer than 4,096 bytes, so that none
/// is made.
public final class Frames {
    private static final int MAX_BYTES = 4096;
    /// A longer one is ignored: the answers come without it.
    private static final int MAX_NONCE = 32;
    private static final String NAME = "sandgate";

    private Frames() {}

    /// What a new session is asked for with.
    ///
    /// @param token the bot's, a secret
    /// @param shard which events it wants
    /// @param intents which kinds of events it wants: [Intents#bits]
    /// @param largeThreshold from how many members on a guild comes without those who are offline, 50 to 250
    public record Identify(String token, ShardId shard, long intents, int largeThreshold) {

        public Identify {
            requireText("token", token);
            if (intents < 0) {
                throw new IllegalArgumentException("intents: " + intents + " (expected: 0 or more)");
            }
            if (largeThreshold < 50 || largeThreshold > 250) {
                throw new IllegalArgumentException("large threshold: " + largeThreshold + " (expected: 50-250)");
            }
        }

        /// Without the token.
        @Override
        public String toString() {
            return "shard " + shard + " with intents " + intents + ", large from " + largeThreshold;
        }
    }

    /// Says that this side lives, and what it got.
    ///
    /// @param sequence of the last event, -1 when there was none
    public static Buffer heartbeat(long sequence) {
        return frame(Opcode.HEARTBEAT, sequence < 0 ? null : sequence);
    }

    /// Asks for a new session.
    public static Buffer identify(Identify identify) {
        return frame(Opcode.IDENTIFY, new JsonObject().put("token", identify.token())
                .put("properties", new JsonObject().put("os", NAME).put("browser", NAME).put("device", NAME))
                .put("intents", identify.intents()).put("large_threshold", identify.largeThreshold())
                .put("shard", new JsonArray().add(identify.shard().number()).add(identify.shard().count())));
    }

    /// Asks to go on with a session, after an event.
    ///
    /// @param sequence of the last event that was handed on, from 0
    public static Buffer resume(String token, String sessionId, long sequence) {
        requireText("token", token);
        requireText("session", sessionId);
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence: " + sequence + " (expected: 0 or more)");
        }
        return frame(Opcode.RESUME,
                new JsonObject().put("token", token).put("session_id", sessionId).put("seq", sequence));
    }

    /// Asks for the whole list of a guild's members.
    ///
    /// @param nonce comes back with the answers, at most 32 bytes
    public static Buffer requestMembers(long guild, String nonce) {
        int length = nonce.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_NONCE) {
            throw new IllegalArgumentException("nonce: " + length + " bytes (expected: at most " + MAX_NONCE + ")");
        }
        return frame(Opcode.REQUEST_GUILD_MEMBERS, new JsonObject().put("guild_id", Long.toUnsignedString(guild))
                .put("query", "").put("limit", 0).put("nonce", nonce));
    }

    private static Buffer frame(int op, @Nullable Object data) {
        Buffer frame = new JsonObject().put("op", op).put("d", data).toBuffer();
        if (frame.length() > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "frame of op " + op + ": " + frame.length() + " bytes (expected: at most " + MAX_BYTES + ")");
        }
        return frame;
    }

    private static void requireText(String name, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + ": empty (expected: a text)");
        }
    }
}
