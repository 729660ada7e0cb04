package io.sandgate.api.envd.process;

import io.sandgate.api.envd.connect.CallHeaders;
import io.sandgate.api.envd.connect.EventStream;
import io.sandgate.api.envd.connect.Message;
import io.sandgate.api.envd.connect.Procedure;
import io.sandgate.sandbox.runtime.Programs;
import io.sandgate.sandbox.runtime.Programs.Selector;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The procedures of `process.Process` over the programs of one sandbox.
public final class ProcessService {

    /// The service's name in paths.
    public static final String NAME = "process.Process";

    private final Programs programs;

    public ProcessService(Programs programs) {
        this.programs = programs;
    }

    /// A procedure by its name.
    public Optional<Procedure> procedure(String name) {
        return Optional.ofNullable(find(name));
    }

    private @Nullable Procedure find(String name) {
        return switch (name) {
            case "List" -> (Procedure.Unary) (headers, request) -> ProcessMessages.list(programs.list());
            case "Start" -> (Procedure.ServerStream) this::start;
            case "Connect" -> (Procedure.ServerStream) this::connect;
            case "Update" -> (Procedure.Unary) this::update;
            case "SendInput" -> (Procedure.Unary) this::sendInput;
            case "StreamInput" -> (Procedure.ClientStream) headers -> new InputStreamReceiver();
            case "SendSignal" -> (Procedure.Unary) this::sendSignal;
            case "CloseStdin" -> (Procedure.Unary) this::closeInput;
            default -> null;
        };
    }

    /// The programs themselves see to the deadline, which kills, whether or not somebody still listens.
    private void start(CallHeaders headers, Message request, EventStream events) {
        ProgramStream stream = new ProgramStream(events);
        stream.started(programs.start(ProcessMessages.spec(headers, request), stream), headers);
    }

    private void connect(CallHeaders headers, Message request, EventStream events) {
        ProgramStream stream = new ProgramStream(events);
        stream.started(programs.connect(ProcessMessages.selector(request), stream), headers);
        headers.timeout().ifPresent(events::expireAfter);
    }

    private JsonObject update(CallHeaders headers, Message request) {
        programs.resize(ProcessMessages.selector(request), ProcessMessages.size(request.required("pty")));
        return new JsonObject();
    }

    private JsonObject sendInput(CallHeaders headers, Message request) {
        input(ProcessMessages.selector(request), request.required("input"));
        return new JsonObject();
    }

    private JsonObject sendSignal(CallHeaders headers, Message request) {
        programs.signal(ProcessMessages.selector(request), ProcessMessages.signal(request));
        return new JsonObject();
    }

    private JsonObject closeInput(CallHeaders headers, Message request) {
        programs.closeInput(ProcessMessages.selector(request));
        return new JsonObject();
    }

    private void input(Selector selector, Message input) {
        boolean terminal = input.has("pty");
        if (!terminal && !input.has("stdin")) {
            throw input.wrong("input", "stdin or pty");
        }
        programs.input(selector, input.bytes(terminal ? "pty" : "stdin"), terminal);
    }

    /// Gives the pieces of one stream to the program that its first message names.
    private final class InputStreamReceiver implements Procedure.Receiver {

        private @Nullable Selector selector;

        @Override
        public void receive(Message message) {
            Optional<Message> data = message.message("data");
            if (message.has("start")) {
                selector = ProcessMessages.selector(message.required("start"));
            } else if (data.isPresent()) {
                if (selector == null) {
                    throw message.wrong("data", "a start before it");
                }
                input(selector, data.get().required("input"));
            } else if (!message.has("keepalive")) {
                throw message.wrong("event", "start, data or keepalive");
            }
        }
    }
}
