package io.sandgate.proxy.forward;

import java.time.Duration;

/// The settings of the data plane.
///
/// @param domain what the sandboxes' hosts end with; `localhost` works in browsers without DNS
/// @param connectAttempts how often a connection to a sandbox is tried, before any byte of the request was sent
/// @param connectTimeout for all attempts at one connection together
/// @param connectBackoff the wait after the first failed attempt; after the second twice that, and so on
/// @param askTimeout how long a request waits for a route that has to be asked for elsewhere
/// @param upstreamIdleTimeout how long a connection to a sandbox is kept for the next request; less when the sandbox says so
/// @param clientIdleTimeout after so long without a byte in either direction a client's connection is closed, whether a
///        request, a stream or a tunnel is on it or not; zero means never
/// @param requestHeadTimeout how long the head of a request may take from its first byte to its last; beyond it 408
/// @param upgradeTimeout how long a sandbox may take to answer a request for an upgrade
/// @param maxConnectionsPerSandbox requests and tunnels that one sandbox may have in flight; beyond it 429
/// @param maxConnections requests and tunnels in flight to all sandboxes together; beyond it 503
/// @param maxIdlePerSandbox unused connections that are kept for one sandbox, on each event loop
/// @param maxIdle unused connections that are kept in all; beyond it the one that was unused for longest is closed
/// @param maxTunnels upgraded connections in all; beyond it 503
/// @param forwardedFields how sandboxes are told who asked
/// @param maxRequestLine bytes of a request line
/// @param maxHeaderSize bytes of a request's header fields
/// @param protocols what the ports of sandboxes speak
public record ForwardSettings(String domain, int connectAttempts, Duration connectTimeout, Duration connectBackoff,
        Duration askTimeout, Duration upstreamIdleTimeout, Duration clientIdleTimeout, Duration requestHeadTimeout,
        Duration upgradeTimeout,
        int maxConnectionsPerSandbox, int maxConnections, int maxIdlePerSandbox, int maxIdle, int maxTunnels,
        ForwardedFields forwardedFields, int maxRequestLine, int maxHeaderSize, PortProtocols protocols) {

    /// The defaults: load balancers give a quiet connection up after 600 s, so this end waits for 630 s; and what
    /// E2B runs in a sandbox keeps an unused connection for 640 s, so this end gives it up long before.
    public static final ForwardSettings DEFAULT = new ForwardSettings("localhost", 3, Duration.ofSeconds(1),
            Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(630),
            Duration.ofSeconds(10), Duration.ofSeconds(30), 2_048, 16_384, 64, 4_096, 8_192, ForwardedFields.NONE,
            8_192, 16_384,
            PortProtocols.PLAIN);

    /// @throws IllegalArgumentException for a value out of its range
    public ForwardSettings {
        if (domain.isEmpty() || !domain.equals(HostName.of(domain)) || HostName.isLiteral(domain)) {
            throw invalid("domain", domain, "a host name in lower case, without a trailing dot");
        }
        require("connect-attempts", connectAttempts, 1, 100);
        positive("connect-timeout", connectTimeout);
        notNegative("connect-backoff", connectBackoff);
        positive("ask-timeout", askTimeout);
        positive("upstream-idle-timeout", upstreamIdleTimeout);
        notNegative("client-idle-timeout", clientIdleTimeout);
        positive("request-head-timeout", requestHeadTimeout);
        positive("upgrade-timeout", upgradeTimeout);
        require("max-connections-per-sandbox", maxConnectionsPerSandbox, 1, Integer.MAX_VALUE);
        require("max-connections", maxConnections, 1, Integer.MAX_VALUE);
        require("max-idle-per-sandbox", maxIdlePerSandbox, 0, Integer.MAX_VALUE);
        require("max-idle", maxIdle, 0, Integer.MAX_VALUE);
        require("max-tunnels", maxTunnels, 0, Integer.MAX_VALUE);
        require("max-request-line", maxRequestLine, 512, 1 << 20);
        require("max-header-size", maxHeaderSize, 1_024, 1 << 20);
    }

    private static void require(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw invalid(name, value, min + "-" + max);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.toMillis() < 1) {
            throw invalid(name, value, "at least 1 ms");
        }
    }

    private static void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw invalid(name, value, "zero or more");
        }
    }

    private static IllegalArgumentException invalid(String name, Object value, String expected) {
        return new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
}
