package io.sandgate.api.envd.connect;

import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.MessageRoom;
import io.sandgate.sandbox.runtime.GuestException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says what a caller is told of what was thrown.
final class Failures {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static ConnectException of(Throwable thrown, HttpCall call) {
        return switch (thrown) {
            case ConnectException failure -> failure;
            case GuestException failure -> ConnectException.of(failure);
            case MessageRoom.Exhausted failure ->
                new ConnectException(ConnectCode.RESOURCE_EXHAUSTED, String.valueOf(failure.getMessage()));
            case IOException failure -> ConnectException.invalid(String.valueOf(failure.getMessage()));
            default -> {
                log.warn("envd.call_failed procedure={}", call.path(), thrown);
                yield new ConnectException(ConnectCode.INTERNAL, "the call failed; the replica's log says why");
            }
        };
    }
}
