package io.sandgate.proxy.forward;

import java.util.Set;

/// Which protocols the ports of sandboxes speak where that is not plain HTTP/1.1.
///
/// @param http2 ports that are spoken to in HTTP/2, with prior knowledge or, over TLS, by agreement; what asks for an upgrade
///        goes there in HTTP/1.1
/// @param tls ports that are spoken to over TLS; a sandbox is known by its address, so its certificate is not verified
public record PortProtocols(Set<Integer> http2, Set<Integer> tls) {
    /// All ports speak plain HTTP/1.1.
    public static final PortProtocols PLAIN = new PortProtocols(Set.of(), Set.of());

    /// @throws IllegalArgumentException when a port is none
    public PortProtocols {
        http2 = Set.copyOf(http2);
        tls = Set.copyOf(tls);
        check("http2-ports", http2);
        check("tls-ports", tls);
    }

    private static void check(String name, Set<Integer> ports) {
        for (int port : ports) {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException(name + ": " + port + " (expected: 1-65535)");
            }
        }
    }
}
