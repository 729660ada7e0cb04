package io.sandgate.proxy.forward;

import java.time.Duration;

/// The settings of the data plane.
///
/// @param domain what the sandboxes' hosts end with; `localhost` works in browsers without DNS
/// @param askTimeout how long a request waits for a route that has to be asked for elsewhere
/// @param wakeTimeout how long a request waits for a sandbox that is paused and is to be woken; beyond it 503
/// @param clients what clients may do
/// @param upstreams how sandboxes are connected to
/// @param forwardedFields how sandboxes are told who asked
/// @param protocols what the ports of sandboxes speak
public record ForwardSettings(String domain, Duration askTimeout, Duration wakeTimeout, Clients clients,
        Upstreams upstreams, ForwardedFields forwardedFields, PortProtocols protocols) {

    /// What clients may do.
    ///
    /// @param idleTimeout after so long without a byte in either direction a client's connection is closed, whether a request, a
    ///        stream or a tunnel is on it or not; zero means never
    /// @param headTimeout how long the head of a request may take from its first byte to its last; beyond it 408
    /// @param leastBodyRate bytes a second that the body of a request must come at least, on average over the window, while the
    ///        sandbox takes it and has not begun to answer; beyond it 408. Zero means any
    /// @param bodyWindow of that average
    /// @param maxRequestLine bytes of a request line
    /// @param maxHeaderSize bytes of a request's header fields
    public record Clients(Duration idleTimeout, Duration headTimeout, int leastBodyRate, Duration bodyWindow,
            int maxRequestLine, int maxHeaderSize) {

        /// The defaults: load balancers give a quiet connection up after 600 s, so this end waits for 630 s.
        public static final Clients DEFAULT = new Clients(Duration.ofSeconds(630), Duration.ofSeconds(10), 100,
                Duration.ofSeconds(30), 8_192, 16_384);

        /// @throws IllegalArgumentException for a value out of its range
        public Clients {
            Bounds.notNegative("client-idle-timeout", idleTimeout);
            Bounds.positive("request-head-timeout", headTimeout);
            Bounds.require("least-body-rate", leastBodyRate, 0, 1 << 30);
            Bounds.positive("body-window", bodyWindow);
            Bounds.require("max-request-line", maxRequestLine, 512, 1 << 20);
            Bounds.require("max-header-size", maxHeaderSize, 1_024, 1 << 20);
        }
    }

    /// How sandboxes are connected to.
    ///
    /// @param connectAttempts how often a connection is tried, before any byte of the request was sent
    /// @param connectTimeout for all attempts at one connection together
    /// @param connectBackoff the wait after the first failed attempt; after the second twice that, and so on
    /// @param idleTimeout how long a connection is kept for the next request; less when the sandbox says so
    /// @param upgradeTimeout how long a sandbox may take to answer a request for an upgrade
    /// @param maxPerSandbox requests and tunnels that one sandbox may have in flight; beyond it 429
    /// @param max requests and tunnels in flight to all sandboxes together; beyond it 503
    /// @param maxIdlePerSandbox unused connections that are kept for one sandbox, on each event loop
    /// @param maxIdle unused connections that are kept in all; beyond it the one that was unused for longest is closed
    /// @param maxTunnels upgraded connections in all; beyond it 503
    public record Upstreams(int connectAttempts, Duration connectTimeout, Duration connectBackoff, Duration idleTimeout,
            Duration upgradeTimeout, int maxPerSandbox, int max, int maxIdlePerSandbox, int maxIdle, int maxTunnels) {

        /// The defaults: what E2B runs in a sandbox keeps an unused connection for 640 s, so this end gives it up long before.
        public static final Upstreams DEFAULT = new Upstreams(3, Duration.ofSeconds(1), Duration.ofMillis(100),
                Duration.ofSeconds(60), Duration.ofSeconds(30), 2_048, 16_384, 64, 16_384, 8_192);

        /// @throws IllegalArgumentException for a value out of its range
        public Upstreams {
            Bounds.require("connect-attempts", connectAttempts, 1, 100);
            Bounds.positive("connect-timeout", connectTimeout);
            Bounds.notNegative("connect-backoff", connectBackoff);
            Bounds.positive("upstream-idle-timeout", idleTimeout);
            Bounds.positive("upgrade-timeout", upgradeTimeout);
            Bounds.require("max-connections-per-sandbox", maxPerSandbox, 1, Integer.MAX_VALUE);
            Bounds.require("max-connections", max, 1, Integer.MAX_VALUE);
            Bounds.require("max-idle-per-sandbox", maxIdlePerSandbox, 0, Integer.MAX_VALUE);
            Bounds.require("max-idle", maxIdle, 0, Integer.MAX_VALUE);
            Bounds.require("max-tunnels", maxTunnels, 0, Integer.MAX_VALUE);
        }
    }

    /// The defaults.
    public static final ForwardSettings DEFAULT = new ForwardSettings("localhost", Duration.ofSeconds(1),
            Duration.ofSeconds(60), Clients.DEFAULT, Upstreams.DEFAULT, ForwardedFields.NONE, PortProtocols.PLAIN);

    /// @throws IllegalArgumentException for a value out of its range
    public ForwardSettings {
        if (domain.isEmpty() || !domain.equals(HostName.of(domain)) || HostName.isLiteral(domain)) {
            throw Bounds.invalid("domain", domain, "a host name in lower case, without a trailing dot");
        }
        Bounds.positive("ask-timeout", askTimeout);
        Bounds.positive("wake-timeout", wakeTimeout);
    }
}
