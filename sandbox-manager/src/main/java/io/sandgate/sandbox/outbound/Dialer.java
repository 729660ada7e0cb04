package io.sandgate.sandbox.outbound;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Socket;
import java.util.List;

/// Connects to one of several addresses that a name has.
@FunctionalInterface
interface Dialer {

    /// Connects, within a bounded time.
    ///
    /// @throws Refusal CLOSED when none of them is open to sandboxes
    /// @throws IOException when nobody answers
    Socket dial(List<Inet4Address> addresses, int port) throws IOException, Refusal;
}
