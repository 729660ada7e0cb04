package io.sandgate.gateway.shard.protocol;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the upstream says about connecting a bot: its answer to `GET /gateway/bot`.
///
/// @param url where to connect for a new session
/// @param shards how many it recommends
/// @param limit how many sessions may be started
public record GatewayBot(URI url, int shards, SessionStartLimit limit) {
    /// For a bot with 250 million guilds; a number above it is a mistake that would cost much memory.
    private static final int MAX_SHARDS = 100_000;
    /// A month; the period is a day.
    private static final long MAX_RESET_MILLIS = Duration.ofDays(31).toMillis();

    /// Reads the answer.
    ///
    /// @throws BadFrameException when something is missing, or not what it should be
    public static GatewayBot parse(byte[] json) throws BadFrameException {
        JsonObject answer = object(json);
        JsonObject limit = answer.getValue("session_start_limit") instanceof JsonObject object ? object : null;
        if (limit == null) {
            throw bad("session_start_limit", answer.getValue("session_start_limit"), "an object");
        }
        return new GatewayBot(url(answer), (int) number(answer, "shards", 1, MAX_SHARDS),
                new SessionStartLimit((int) number(limit, "total", 1, Integer.MAX_VALUE),
                        (int) number(limit, "remaining", 0, Integer.MAX_VALUE),
                        Duration.ofMillis(number(limit, "reset_after", 0, MAX_RESET_MILLIS)),
                        (int) number(limit, "max_concurrency", 1, MAX_SHARDS)));
    }

    private static JsonObject object(byte[] json) throws BadFrameException {
        try {
            return new JsonObject(Buffer.buffer(json));
        } catch (DecodeException e) {
            throw new BadFrameException("gateway: not a JSON object: " + BadFrameException.quote(json));
        }
    }

    private static URI url(JsonObject answer) throws BadFrameException {
        Object value = answer.getValue("url");
        try {
            URI url = new URI(value instanceof String text ? text : "");
            if (url.getHost() != null && ("wss".equals(url.getScheme()) || "ws".equals(url.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw bad("url", value, "a URL that begins with wss:// or ws://");
        }
        throw bad("url", value, "a URL that begins with wss:// or ws://");
    }

    private static long number(JsonObject object, String name, long least, long most) throws BadFrameException {
        Object value = object.getValue(name);
        if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= least
                && ((Number) value).longValue() <= most) {
            return ((Number) value).longValue();
        }
        throw bad(name, value, least + "-" + most);
    }

    private static BadFrameException bad(String name, @Nullable Object value, String expected) {
        String text = String.valueOf(value);
        return new BadFrameException("gateway: " + name + ": " + (text.length() > 100 ? text.substring(0, 100) : text)
                + " (expected: " + expected + ")");
    }
}
