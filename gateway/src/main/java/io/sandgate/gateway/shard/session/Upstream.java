package io.sandgate.gateway.shard.session;

import io.vertx.core.buffer.Buffer;
import java.net.URI;

/// Opens WebSockets to the upstream. Everything happens on the loop of the shards.
public interface Upstream {
    /// What the end of a connection has for a code when no close frame came.
    int NO_CODE = -1;

    /// Opens one. The listener is not called before this has returned, and after [Listener#closed] or [Listener#failed] never
    /// again.
    Connection dial(URI url, Listener listener);

    /// A connection that is being opened, is open or was.
    interface Connection {
        /// Sends one text frame; does nothing when the connection is not open.
        void send(Buffer text);

        /// Ends it, also while it is being opened. The listener hears nothing any more.
        void close(int code);

        /// Reads no further until [#resume]; what was read already may still come.
        void pause();

        /// Reads again.
        void resume();
    }

    /// Hears of one connection.
    interface Listener {
        /// It is open.
        void opened();

        /// One message, text or binary, as it came.
        void frame(byte[] bytes);

        /// It was closed by the upstream or broke.
        ///
        /// @param code of the close frame, or [#NO_CODE]
        void closed(int code);

        /// It could not be opened.
        ///
        /// @param why in words
        void failed(String why);
    }
}
