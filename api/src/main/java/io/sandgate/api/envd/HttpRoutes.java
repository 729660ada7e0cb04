package io.sandgate.api.envd;

import io.sandgate.api.envd.files.FileCalls;
import io.sandgate.api.envd.files.FileQuery;
import io.sandgate.api.envd.wire.CallBudget;
import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.HttpFailure;
import io.sandgate.api.envd.wire.MessageRoom;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one sandbox answers on paths that are no procedures.
final class HttpRoutes {

    private static final Logger log = LoggerFactory.getLogger(HttpRoutes.class);

    /// With these E2B's own machinery drives envd; here nothing does.
    private static final Set<String> CONTROL = Set.of("/init", "/freeze", "/unfreeze", "/collapse", "/fsfreeze",
            "/fsthaw", "/upgrade");
    private static final Map<String, String> METHODS = Map.of("/health", "GET, HEAD", "/metrics", "GET", "/envs", "GET",
            "/files", "GET, HEAD, POST", "/files/compose", "POST");

    /// Something that takes time.
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private final SandboxRuntime runtime;
    private final Shared shared;
    private final CallBudget budget;
    private final MessageRoom room;
    private final FileCalls files;

    HttpRoutes(SandboxRuntime runtime, Shared shared, CallBudget budget, MessageRoom room) {
        this.runtime = runtime;
        this.shared = shared;
        this.budget = budget;
        this.room = room;
        this.files = new FileCalls(runtime.files());
    }

    /// Answers a call; false for a path that is none of these.
    boolean handle(HttpCall call) {
        String path = call.path();
        if (CONTROL.contains(path)) {
            throw new HttpFailure(404, "there is no " + path + " here: it is reserved for the control plane");
        }
        String methods = METHODS.get(path);
        if (methods == null) {
            return false;
        }
        if (!Set.of(methods.split(", ", -1)).contains(call.method())) {
            throw new HttpFailure(405, call.method() + " " + path + " is not a call (expected: " + methods + ")");
        }
        Optional<String> token = runtime.accessToken();
        switch (path) {
            case "/health" -> call.reply(204, Map.of());
            case "/files" -> {
                FileQuery query = FileQuery.parse(call.query());
                shared.access().requireTokenOrSignature(call, token, query);
                run(call, call.method().equals("POST")
                        ? () -> files.upload(call, query)
                        : () -> files.download(call, query));
            }
            default -> {
                shared.access().requireToken(call, token);
                switch (path) {
                    case "/metrics" -> run(call, () -> call.json(200, UsageJson.of(runtime.usage()).toBuffer()));
                    case "/envs" -> {
                        JsonObject variables = new JsonObject();
                        runtime.environment().forEach(variables::put);
                        call.json(200, variables.toBuffer());
                    }
                    default -> run(call, () -> files.compose(call, shared.limits().message(), room));
                }
            }
        }
        return true;
    }

    private void run(HttpCall call, Work work) {
        if (!budget.take()) {
            throw new HttpFailure(429,
                    "calls under way: " + budget.max() + " (expected: fewer; try again when one is done)");
        }
        try {
            shared.workers().execute(() -> {
                try {
                    work.run();
                } catch (Exception | Error e) {
                    call.fail(failure(e, call));
                } finally {
                    budget.release();
                }
            });
        } catch (RejectedExecutionException e) {
            budget.release();
            throw new HttpFailure(503, "this replica is stopping");
        }
    }

    private static HttpFailure failure(Throwable thrown, HttpCall call) {
        return switch (thrown) {
            case HttpFailure failure -> failure;
            case GuestException failure -> HttpFailure.of(failure);
            case MessageRoom.Exhausted failure -> new HttpFailure(429, String.valueOf(failure.getMessage()));
            case IOException failure -> new HttpFailure(400, "the body cannot be read: " + failure.getMessage());
            default -> {
                log.warn("envd.call_failed path={}", call.path(), thrown);
                yield new HttpFailure(500, "the call failed; the replica's log says why");
            }
        };
    }
}
