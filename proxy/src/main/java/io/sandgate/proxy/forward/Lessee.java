package io.sandgate.proxy.forward;

/// Who asked for a connection to a sandbox. All calls come on its event loop.
interface Lessee {

    /// The connection is there, for this lessee alone until it is released or discarded.
    void connected(Upstream upstream);

    /// There will be no connection.
    void refused(Refusal refusal);

    /// The sandbox behind the connection is gone, and the connection is about to be closed.
    void sandboxGone();
}
