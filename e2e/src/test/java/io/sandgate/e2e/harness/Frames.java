package io.sandgate.e2e.harness;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What comes over one connection of the event stream, one after the other.
interface Frames {

    /// The next one; null when the server ended it in order.
    @Nullable
    StreamFrame next() throws IOException;

    /// Sends something that asks nothing of the server, which shows whether the connection is still there.
    void probe() throws IOException;

    /// Sends a message, where there can be any.
    void say(String text) throws IOException;

    /// What the server closed it with; 0 where there is no such code.
    int closeCode();
}
