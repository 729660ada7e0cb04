package io.sandgate.gateway.stream.serve;

import io.sandgate.gateway.stream.pump.Outlet;

/// An outlet over a connection that can stall. Belongs to its event loop.
interface SocketOutlet extends Outlet {
    /// What is wrong with a connection.
    enum Health {
        /// Nothing.
        GOOD,
        /// The peer takes nothing of what waits for it.
        STALLED,
        /// The peer has given no sign of life.
        SILENT
    }

    /// What happens to a connection; on its event loop.
    interface Listener {
        /// There is room again.
        void drained();

        /// It is closed; called once.
        void closed();

        /// The subscriber sent data, which it must not.
        void unexpectedData();
    }

    /// Begins to tell what happens.
    void listen(Listener listener);

    /// Looks after the connection; called every second or so.
    Health check(long now);
}
