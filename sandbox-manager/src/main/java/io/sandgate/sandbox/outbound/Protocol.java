package io.sandgate.sandbox.outbound;

/// What is looked at by the names in it.
enum Protocol {
    HTTP(80), TLS(443);

    private final int port;

    Protocol(int port) {
        this.port = port;
    }

    /// Where servers of the world speak it.
    int port() {
        return port;
    }
}
