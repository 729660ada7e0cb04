package io.sandgate.api.envd.process;

import io.sandgate.api.envd.connect.Envelope;
import io.sandgate.sandbox.runtime.Programs.End;
import io.sandgate.sandbox.runtime.Programs.Source;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The envelopes of a stream about one program.
final class ProcessEvents {

    static final Buffer KEEPALIVE = event("keepalive", new JsonObject());

    private static final byte[] STDOUT = before("stdout");
    private static final byte[] STDERR = before("stderr");
    private static final byte[] TERMINAL = before("pty");
    private static final byte[] AFTER = "\"}}}".getBytes(StandardCharsets.US_ASCII);

    private ProcessEvents() {}

    static Buffer start(int pid) {
        return event("start", new JsonObject().put("pid", pid));
    }

    /// Written by hand, since this is what most bytes of a sandbox go through.
    static Buffer data(Source source, byte[] bytes) {
        byte[] before = switch (source) {
            case STDOUT -> STDOUT;
            case STDERR -> STDERR;
            case TERMINAL -> TERMINAL;
        };
        byte[] base64 = Base64.getEncoder().encode(bytes);
        int length = before.length + base64.length + AFTER.length;
        return Buffer.buffer(Envelope.HEAD + length).appendByte((byte) 0).appendInt(length).appendBytes(before)
                .appendBytes(base64).appendBytes(AFTER);
    }

    static Buffer end(End end) {
        JsonObject json = new JsonObject().put("exitCode", end.exitCode()).put("exited", end.exited()).put("status",
                end.status());
        if (!end.exited() || end.exitCode() != 0) {
            json.put("error", end.status());
        }
        return event("end", json);
    }

    private static Buffer event(String kind, JsonObject event) {
        return Envelope.of(new JsonObject().put("event", new JsonObject().put(kind, event)));
    }

    private static byte[] before(String field) {
        return ("{\"event\":{\"data\":{\"" + field + "\":\"").getBytes(StandardCharsets.US_ASCII);
    }
}
