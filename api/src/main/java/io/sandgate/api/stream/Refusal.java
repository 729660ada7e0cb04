package io.sandgate.api.stream;

import io.sandgate.api.http.SocketUpgrade.Flaw;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.vertx.core.json.JsonObject;

/// Why a subscription is refused before it begins.
///
/// @param status of the answer
/// @param reason a word for programs
/// @param message for people: what to do instead
record Refusal(int status, String reason, String message) {
    static Refusal cursorMalformed(String given) {
        String shown = given.length() > 100 ? given.substring(0, 100) + "…" : given;
        return new Refusal(400, "cursor_malformed", "after: " + shown
                + " (expected: <epoch>:<number> as it came in a cursor, or oldest)");
    }

    static Refusal filter(String message) {
        return new Refusal(400, "filter_invalid", message);
    }

    static Refusal query(String message) {
        return new Refusal(400, "query_invalid", message);
    }

    static Refusal upgrade(Flaw flaw) {
        return new Refusal(flaw.status(), "upgrade_invalid", flaw.message());
    }

    static Refusal forbidden(String message) {
        return new Refusal(403, "forbidden", message);
    }

    static Refusal cursor(Cursor after, Loss loss, Extent extent) {
        return switch (loss) {
            case OTHER_EPOCH -> new Refusal(410, "cursor_other_epoch",
                    "after: " + after + " is of another log than this replica's, which is " + extent.epoch()
                            + " (take snapshot=true, or after=oldest)");
            case TOO_OLD -> new Refusal(410, "cursor_too_old",
                    "after: what follows " + after + " is no longer kept: the oldest is " + extent.floor()
                            + " (take snapshot=true, or after=oldest)");
            case AHEAD -> new Refusal(400, "cursor_ahead",
                    "after: " + after + " is behind the last event, which is " + extent.tip()
                            + " (expected: a cursor that came from here)");
        };
    }

    /// The body of the answer, with how far the log goes.
    JsonObject json(Extent extent) {
        return new JsonObject().put("code", status).put("message", message).put("reason", reason)
                .put("epoch", extent.epoch()).put("floor", extent.floor()).put("tip", extent.tip());
    }
}
