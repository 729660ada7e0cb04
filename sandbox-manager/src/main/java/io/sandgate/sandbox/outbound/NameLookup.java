package io.sandgate.sandbox.outbound;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.List;

/// Finds the addresses of names. Thread-safe; calls block, for a bounded time.
@FunctionalInterface
public interface NameLookup {

    /// The addresses of a name, any of them.
    ///
    /// @throws IOException when there are none, or nobody told in time
    List<Inet4Address> find(String name) throws IOException;
}
