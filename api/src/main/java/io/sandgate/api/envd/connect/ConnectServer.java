package io.sandgate.api.envd.connect;

import io.sandgate.api.envd.wire.CallBudget;
import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.MessageRoom;
import io.sandgate.api.envd.wire.Timers;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/// Carries out calls of the Connect protocol. Stateless; each call is handed over on the event loop of its request.
public final class ConnectServer {

    static final String UNARY_TYPE = "application/json";
    static final String STREAM_TYPE = "application/connect+json";

    private final ExecutorService workers;
    private final int maxMessage;
    private final Duration maxWait;

    /// @param workers give each call a thread that may block
    /// @param maxMessage bytes of a request's message
    /// @param maxWait what a unary call or a client stream may take at most
    public ConnectServer(ExecutorService workers, int maxMessage, Duration maxWait) {
        this.workers = workers;
        this.maxMessage = maxMessage;
        this.maxWait = maxWait;
    }

    /// Answers a call of a procedure that there is not.
    public static void unknown(HttpCall call) {
        Reply.unary(call, 404, new ConnectException(ConnectCode.UNIMPLEMENTED, "there is no procedure " + call.path()));
    }

    /// Answers a call.
    ///
    /// @param budget bounds what is under way; a call has its place until it is really over
    /// @param room bounds what its messages take
    public void handle(HttpCall call, Procedure procedure, Timers timers, CallBudget budget, MessageRoom room) {
        boolean unary = procedure instanceof Procedure.Unary;
        if (!call.method().equals("POST")) {
            call.reply(405, Map.of("allow", "POST"));
            return;
        }
        if (!accepted(call, unary ? UNARY_TYPE : STREAM_TYPE,
                unary ? "content-encoding" : "connect-content-encoding")) {
            return;
        }
        Reply reply = unary ? new Reply.Unary(call) : new Reply.Stream(call);
        if (!budget.take()) {
            reply.fail(new ConnectException(ConnectCode.RESOURCE_EXHAUSTED,
                    "calls under way: " + budget.max() + " (expected: fewer; try again when one is done)"));
            return;
        }
        switch (procedure) {
            case Procedure.Unary single -> new BoundedCall(call, reply, budget).start(workers, timers, maxWait,
                    headers -> answer(call, headers, single, room));
            case Procedure.ClientStream stream -> new BoundedCall(call, reply, budget).start(workers, timers, maxWait,
                    headers -> receiveAll(call, stream.open(headers), room));
            case Procedure.ServerStream stream ->
                open(call, stream, new EventStream(call, timers, budget::release), room);
        }
    }

    private JsonObject answer(HttpCall call, CallHeaders headers, Procedure.Unary procedure, MessageRoom room)
            throws IOException {
        try (MessageReader messages = new MessageReader(call, maxMessage, room)) {
            return procedure.call(headers, messages.whole());
        }
    }

    private JsonObject receiveAll(HttpCall call, Procedure.Receiver receiver, MessageRoom room) throws IOException {
        try (MessageReader messages = new MessageReader(call, maxMessage, room)) {
            for (Optional<Message> next = messages.next(); next.isPresent(); next = messages.next()) {
                receiver.receive(next.get());
            }
            return new JsonObject();
        }
    }

    private void open(HttpCall call, Procedure.ServerStream stream, EventStream events, MessageRoom room) {
        try {
            workers.execute(() -> {
                try (MessageReader messages = new MessageReader(call, maxMessage, room)) {
                    stream.open(CallHeaders.of(call), messages.only(), events);
                } catch (Exception | Error e) {
                    events.fail(Failures.of(e, call));
                }
            });
        } catch (RejectedExecutionException e) {
            events.fail(new ConnectException(ConnectCode.UNAVAILABLE, "this replica is stopping"));
        }
    }

    /// Whether the request is in a form that can be read; answers it otherwise.
    private static boolean accepted(HttpCall call, String expected, String encodingField) {
        String type = call.header("content-type").orElse("").split(";", -1)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals(expected.replace("json", "proto"))) {
            Reply.unary(call, 501, new ConnectException(ConnectCode.UNIMPLEMENTED,
                    "the binary codec is not spoken here (expected: Content-Type " + expected + ")"));
            return false;
        }
        if (!type.equals(expected)) {
            call.reply(415, Map.of("accept-post", expected));
            return false;
        }
        String encoding = call.header(encodingField).orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            Reply.unary(call, 501, new ConnectException(ConnectCode.UNIMPLEMENTED,
                    "compressed messages are not read here (expected: " + encodingField + " identity)"));
            return false;
        }
        return true;
    }
}
