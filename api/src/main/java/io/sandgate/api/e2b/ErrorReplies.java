package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.api.http.BodyReader.RefusedBodyException;
import io.sandgate.sandbox.SandboxException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Error replies in E2B's form: `{"code","message"}` and, where E2B has one, `error_code`.
///
/// The SDKs decide by `code` in the body, not by the status: every error has both.
final class ErrorReplies {
    private static final Logger log = LoggerFactory.getLogger(ErrorReplies.class);

    private ErrorReplies() {}

    static Reply of(Throwable failure, String requestId) {
        ObjectNode body = body(failure, requestId);
        int status = body.path("code").asInt();
        Reply reply = Reply.json(status, body);
        return switch (status) {
            case 413 -> reply.andClose();
            case 503 -> reply.with("Retry-After", "1");
            default -> reply;
        };
    }

    /// The error alone, for an answer that has several.
    static ObjectNode body(Throwable failure, String requestId) {
        return switch (failure) {
            case RefusedBodyException e -> body(e.status(), Objects.requireNonNullElse(e.getMessage(), ""), null);
            case ApiException e -> body(e.status(), e.getMessage(), e.errorCode());
            case SandboxException e -> body(e, requestId);
            default -> {
                log.error("api.failed requestId={}", requestId, failure);
                yield body(500, "The call failed inside Sandgate. The replica's log has the reason under request id "
                        + requestId, "internal_server_error");
            }
        };
    }

    private static ObjectNode body(SandboxException e, String requestId) {
        String message = Objects.requireNonNullElse(e.getMessage(), "The call failed");
        return switch (e.reason()) {
            case NOT_FOUND -> body(404, message, null);
            case INVALID -> body(400, message, null);
            case CONFLICT -> body(409, message, null);
            case EXHAUSTED -> body(503, message, "sandbox_capacity_unavailable");
            case START_FAILED -> body(500, message, "sandbox_create_failed");
            case INTERNAL -> {
                log.error("api.failed requestId={}", requestId, e);
                yield body(500, message, "internal_server_error");
            }
        };
    }

    private static ObjectNode body(int status, String message, @Nullable String errorCode) {
        ObjectNode body = Json.object().put("code", status).put("message", message);
        if (errorCode != null) {
            body.put("error_code", errorCode);
        }
        return body;
    }
}
