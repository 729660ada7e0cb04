package io.sandgate.api.envd.connect;

import io.vertx.core.json.JsonObject;

/// What a request can call. All of it is called on threads that may block.
public sealed interface Procedure {

    /// One message for one message. An interrupt asks it to give up, since nobody waits for the answer any more.
    @FunctionalInterface
    non-sealed interface Unary extends Procedure {
        JsonObject call(CallHeaders headers, Message request);
    }

    /// One message for a stream of them.
    @FunctionalInterface
    non-sealed interface ServerStream extends Procedure {

        /// Begins to answer and returns; the stream goes on until it is ended.
        void open(CallHeaders headers, Message request, EventStream events);
    }

    /// A stream of messages for an empty one.
    @FunctionalInterface
    non-sealed interface ClientStream extends Procedure {
        Receiver open(CallHeaders headers);
    }

    /// Takes the messages of a client stream in order; the next one is read when this returns.
    @FunctionalInterface
    interface Receiver {
        void receive(Message message);
    }
}
