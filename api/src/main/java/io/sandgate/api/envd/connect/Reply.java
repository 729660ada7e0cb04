package io.sandgate.api.envd.connect;

import io.sandgate.api.envd.wire.HttpCall;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/// How a call that has one answer is answered.
sealed interface Reply {

    void succeed(JsonObject answer);

    void fail(ConnectException failure);

    static void unary(HttpCall call, int status, ConnectException failure) {
        call.json(status, failure.json().toBuffer());
    }

    record Unary(HttpCall call) implements Reply {
        @Override
        public void succeed(JsonObject answer) {
            call.json(200, answer.toBuffer());
        }

        @Override
        public void fail(ConnectException failure) {
            unary(call, failure.code().status(), failure);
        }
    }

    /// In envelopes, always with status 200.
    record Stream(HttpCall call) implements Reply {
        @Override
        public void succeed(JsonObject answer) {
            call.reply(200, Map.of("content-type", ConnectServer.STREAM_TYPE),
                    Envelope.of(answer).appendBuffer(Envelope.end()));
        }

        @Override
        public void fail(ConnectException failure) {
            call.reply(200, Map.of("content-type", ConnectServer.STREAM_TYPE), Envelope.end(failure));
        }
    }
}
