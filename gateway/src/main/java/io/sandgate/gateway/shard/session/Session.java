package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.Payload;
import io.vertx.core.json.JsonObject;
import java.net.URI;

/// A session that the upstream gave.
///
/// @param id its name
/// @param resumeUrl where to go on with it
/// @param readyAt when it began, in milliseconds of the time of day
record Session(String id, URI resumeUrl, long readyAt) {
    /// Longer than any that the upstream gives, and short enough for a RESUME.
    private static final int MAX_ID = 256;

    /// The one that a READY begins.
    static Session of(Payload ready, long timeOfDay) throws BadFrameException {
        JsonObject data = ready.object();
        String id = text(data, "session_id");
        if (!isNamed(id)) {
            throw new BadFrameException("READY: session_id: " + id.length() + " characters (expected: 1-" + MAX_ID
                    + ", and not only spaces)");
        }
        return new Session(id, GatewayUrl.parse(text(data, "resume_gateway_url")), timeOfDay);
    }

    /// Whether a RESUME can be made with it.
    static boolean isNamed(String id) {
        return !id.isBlank() && id.length() <= MAX_ID;
    }

    private static String text(JsonObject data, String name) throws BadFrameException {
        if (data.getValue(name) instanceof String text) {
            return text;
        }
        throw new BadFrameException("READY: " + name + ": none (expected: a text)");
    }

    /// Without its name, which together with the token is all that another needs to take it over.
    @Override
    public String toString() {
        return "session since " + readyAt + " at " + resumeUrl;
    }
}
