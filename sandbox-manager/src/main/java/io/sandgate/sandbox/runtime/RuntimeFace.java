package io.sandgate.sandbox.runtime;

/// Makes sandboxes' runtimes answer at their addresses. Thread-safe; calls block until it is done.
public interface RuntimeFace {

    /// Nobody answers for the runtimes.
    RuntimeFace NONE = new RuntimeFace() {
        @Override
        public void open(SandboxRuntime runtime) {}

        @Override
        public void close(String id) {}
    };

    /// Begins to answer for a sandbox.
    ///
    /// @throws GuestException UNAVAILABLE when nothing can listen at its address
    void open(SandboxRuntime runtime);

    /// Ends it, and all connections. Does nothing for a sandbox that is not open.
    void close(String id);
}
