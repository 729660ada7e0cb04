package io.sandgate.api.cli;

import java.net.URI;

/// Where a browser finds a sandbox.
final class SandboxAddress {

    private SandboxAddress() {}

    /// `http://<port>-<id>.<domain>/` on the listener that was called.
    ///
    /// @param domain the domain of the replica; empty for localhost
    static String of(URI listener, String domain, String id, String port) {
        String host = domain.isEmpty() || domain.equals("null") ? "localhost" : Table.printable(domain);
        boolean portGiven = host.indexOf(':') >= 0 || listener.getPort() < 0;
        return listener.getScheme() + "://" + port + "-" + id + "." + host
                + (portGiven ? "" : ":" + listener.getPort()) + "/";
    }
}
