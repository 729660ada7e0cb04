package io.sandgate.gateway.shard.protocol;

import java.io.Serial;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What the upstream sent is not what the protocol says; the connection it came over is of no more use.
public class BadFrameException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int QUOTED = 60;

    /// @param message what came and what was expected, without anything that is secret
    public BadFrameException(String message) {
        super(message);
    }

    BadFrameException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// The beginning of a message for an error text: what is printable of its first bytes, and nothing of the `d`, which can
    /// hold tokens.
    static String quote(byte[] message) {
        String text = new String(message, 0, Math.min(message.length, QUOTED), StandardCharsets.ISO_8859_1)
                .replaceAll("[^ -~]", ".");
        int data = text.indexOf("\"d\"");
        String shown = data < 0 ? text : text.substring(0, data);
        return shown.length() == message.length ? shown : shown + "... (" + message.length + " bytes)";
    }
}
