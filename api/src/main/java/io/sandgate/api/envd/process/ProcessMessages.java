package io.sandgate.api.envd.process;

import io.sandgate.api.envd.connect.CallHeaders;
import io.sandgate.api.envd.connect.ConnectCode;
import io.sandgate.api.envd.connect.ConnectException;
import io.sandgate.api.envd.connect.Message;
import io.sandgate.sandbox.runtime.Programs.ByPid;
import io.sandgate.sandbox.runtime.Programs.ByTag;
import io.sandgate.sandbox.runtime.Programs.Info;
import io.sandgate.sandbox.runtime.Programs.Selector;
import io.sandgate.sandbox.runtime.Programs.Signal;
import io.sandgate.sandbox.runtime.Programs.Spec;
import io.sandgate.sandbox.runtime.Programs.TerminalSize;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The messages of the service, apart from its events.
final class ProcessMessages {

    private static final Map<Long, String> SIGNALS = Map.of(9L, "SIGNAL_SIGKILL", 15L, "SIGNAL_SIGTERM");
    private static final int MAX_SIZE = 65_535;

    private ProcessMessages() {}

    static Spec spec(CallHeaders headers, Message request) {
        Message process = request.required("process");
        if (process.text("cmd").isEmpty()) {
            throw process.missing("cmd");
        }
        // Older clients do not say whether they will write, and expect that they can
        return new Spec(process.text("cmd"), process.texts("args"), process.map("envs"), process.text("cwd"),
                headers.user().orElse(SandboxRuntime.DEFAULT_USER), request.message("pty").map(ProcessMessages::size),
                request.flag("stdin", true), request.text("tag"), headers.timeout());
    }

    static Selector selector(Message request) {
        Message selector = request.required("process");
        if (selector.has("pid")) {
            long pid = selector.number("pid");
            if (pid > Integer.MAX_VALUE) {
                throw new ConnectException(ConnectCode.NOT_FOUND, "there is no process " + pid);
            }
            return new ByPid((int) pid);
        }
        if (selector.text("tag").isEmpty()) {
            throw selector.wrong("selector", "a pid or a tag");
        }
        return new ByTag(selector.text("tag"));
    }

    static TerminalSize size(Message pty) {
        Message size = pty.required("size");
        return new TerminalSize(dimension(size, "cols"), dimension(size, "rows"));
    }

    static Signal signal(Message request) {
        return switch (request.constant("signal", SIGNALS)) {
            case "SIGNAL_SIGKILL" -> Signal.KILL;
            case "SIGNAL_SIGTERM" -> Signal.TERM;
            default -> throw request.wrong("signal", "SIGNAL_SIGKILL or SIGNAL_SIGTERM");
        };
    }

    static JsonObject list(List<Info> programs) {
        JsonArray processes = new JsonArray();
        programs.forEach(program -> processes.add(info(program)));
        return new JsonObject().put("processes", processes);
    }

    private static int dimension(Message size, String name) {
        long value = size.number(name);
        if (value < 1 || value > MAX_SIZE) {
            throw size.wrong(name, "1-" + MAX_SIZE);
        }
        return (int) value;
    }

    private static JsonObject info(Info program) {
        Spec spec = program.spec();
        JsonObject environment = new JsonObject();
        spec.environment().forEach(environment::put);
        JsonObject config = new JsonObject().put("cmd", spec.command()).put("args", new JsonArray(spec.arguments()))
                .put("envs", environment);
        Optional.of(spec.workingDirectory()).filter(path -> !path.isEmpty()).ifPresent(path -> config.put("cwd", path));
        JsonObject info = new JsonObject().put("config", config).put("pid", program.pid());
        Optional.of(spec.tag()).filter(tag -> !tag.isEmpty()).ifPresent(tag -> info.put("tag", tag));
        return info;
    }
}
