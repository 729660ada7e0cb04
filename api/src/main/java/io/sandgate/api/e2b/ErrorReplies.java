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
        return switch (failure) {
            case RefusedBodyException e -> of(e.status(), Objects.requireNonNullElse(e.getMessage(), ""), null);
            case ApiException e -> of(e.status(), e.getMessage(), e.errorCode());
            case SandboxException e -> of(e, requestId);
            default -> {
                log.error("api.failed requestId={}", requestId, failure);
                yield of(500, "The call failed inside Sandgate. The replica's log has the reason under request id "
                        + requestId, "internal_server_error");
            }
        };
    }

    private static Reply of(SandboxException e, String requestId) {
        String message = Objects.requireNonNullElse(e.getMessage(), "The call failed");
        return switch (e.reason()) {
            case NOT_FOUND -> of(404, message, null);
            case INVALID -> of(400, message, null);
            case CONFLICT -> of(409, message, null);
            case EXHAUSTED -> of(503, message, "sandbox_capacity_unavailable");
            case START_FAILED -> of(500, message, "sandbox_create_failed");
            case INTERNAL -> {
                log.error("api.failed requestId={}", requestId, e);
                yield of(500, message, "internal_server_error");
            }
        };
    }

    private static Reply of(int status, String message, @Nullable String errorCode) {
        ObjectNode body = Json.object().put("code", status).put("message", message);
        if (errorCode != null) {
            body.put("error_code", errorCode);
        }
        Reply reply = Reply.json(status, body);
        return switch (status) {
            case 413 -> reply.andClose();
            case 503 -> reply.with("Retry-After", "1");
            default -> reply;
        };
    }
}
