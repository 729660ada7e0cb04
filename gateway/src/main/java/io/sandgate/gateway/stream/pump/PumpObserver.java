package io.sandgate.gateway.stream.pump;

/// Hears what pumps do; called on their loops.
public interface PumpObserver {
    /// Events were read, and some of them written.
    ///
    /// @param sent at most `scanned`
    void passed(int scanned, int sent);

    /// The server ended a subscription.
    void ended(End end);
}
