package io.sandgate.e2e.bench;

import java.util.List;

/// A proxy that runs, and can be measured.
///
/// @param name what it is called in tables
/// @param port where it speaks HTTP/1.1
/// @param http2Port where it speaks HTTP/2 without TLS; 0 for nowhere
/// @param bulkPort where it is set up for large bodies
/// @param pids the processes that do the work
/// @param end what ends it
record ProxyProcess(String name, int port, int http2Port, int bulkPort, List<Long> pids, Runnable end)
        implements
            AutoCloseable {

    @Override
    public void close() {
        end.run();
    }
}
