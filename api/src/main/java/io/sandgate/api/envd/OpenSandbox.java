package io.sandgate.api.envd;

import io.sandgate.api.envd.connect.ConnectServer;
import io.sandgate.api.envd.connect.Procedure;
import io.sandgate.api.envd.filesystem.FilesystemService;
import io.sandgate.api.envd.filesystem.Watchers;
import io.sandgate.api.envd.process.ProcessService;
import io.sandgate.api.envd.wire.CallBudget;
import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.HttpFailure;
import io.sandgate.api.envd.wire.MessageRoom;
import io.sandgate.api.envd.wire.Timers;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One sandbox as its clients reach it. It belongs to one event loop, and costs little while nobody calls.
final class OpenSandbox {

    private final SandboxRuntime runtime;
    private final Shared shared;
    private final Context context;
    private final Timers timers;
    private final CallBudget budget;
    private final MessageRoom room;
    private final Watchers watchers;
    private final HttpRoutes routes;
    private final ProcessService processes;
    private final FilesystemService filesystem;
    private final Set<HttpConnection> connections = new HashSet<>();
    private boolean closed;

    OpenSandbox(SandboxRuntime runtime, Shared shared, Context context, Timers timers) {
        this.runtime = runtime;
        this.shared = shared;
        this.context = context;
        this.timers = timers;
        this.budget = new CallBudget(shared.limits().calls());
        this.room = shared.messages().within(shared.limits().messages());
        this.watchers = new Watchers(runtime.files(), shared.workers(), timers, shared.random(),
                shared.limits().watches());
        this.routes = new HttpRoutes(runtime, shared, budget, room);
        this.processes = new ProcessService(runtime.programs());
        this.filesystem = new FilesystemService(runtime.files(), watchers);
    }

    void connected(HttpConnection connection) {
        if (closed || connections.size() == shared.limits().connections()) {
            connection.close();
            return;
        }
        connections.add(connection);
        connection.closeHandler(v -> connections.remove(connection));
    }

    /// How many calls are under way. From any thread.
    int calls() {
        return budget.taken();
    }

    void requested(HttpServerRequest request) {
        if (Cors.answers(request)) {
            return;
        }
        HttpCall call = new HttpCall(request, context);
        try {
            if (!routes.handle(call)) {
                shared.access().requireToken(call, runtime.accessToken());
                callProcedure(call);
            }
        } catch (HttpFailure e) {
            call.fail(e);
        }
    }

    /// Cuts all connections, so that no client takes a stream for ended in order.
    void close() {
        closed = true;
        List.copyOf(connections).forEach(OpenSandbox::cut);
        watchers.close();
    }

    /// Closes below Vert.x, whose own close waits until all that was written is with the kernel: a client that reads nothing
    /// puts that off for as long as the idle timeout.
    private static void cut(HttpConnection connection) {
        var _ = ((ConnectionBase) connection).channelHandlerContext().close();
    }

    private void callProcedure(HttpCall call) {
        String[] parts = call.path().split("/", -1);
        if (parts.length != 3 || !parts[1].contains(".")) {
            throw new HttpFailure(404, "there is no " + call.path() + " here");
        }
        Optional<Procedure> procedure = switch (parts[1]) {
            case ProcessService.NAME -> processes.procedure(parts[2]);
            case FilesystemService.NAME -> filesystem.procedure(parts[2]);
            default -> Optional.empty();
        };
        if (procedure.isPresent()) {
            shared.connect().handle(call, procedure.get(), timers, budget, room);
        } else {
            ConnectServer.unknown(call);
        }
    }
}
