package io.sandgate.api.settings;

import io.sandgate.proxy.forward.ForwardSettings;
import io.sandgate.proxy.forward.ForwardedFields;
import io.sandgate.proxy.forward.PortProtocols;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// How requests reach a sandbox.
///
/// @param allowedTargets the ranges that routes may point to
/// @param maxRoutes routes that the table holds at most
/// @param forward the data plane
public record ProxySettings(List<AddressRange> allowedTargets, int maxRoutes, ForwardSettings forward) {

    static final Setting<List<AddressRange>> ALLOWED_TARGETS = Setting.of("proxy.allowed-targets", Type.ranges(),
            "127.64.0.0/10",
            "Address ranges that routes may point to; link-local and metadata addresses never.");
    static final Setting<Integer> MAX_ROUTES = Setting.of("proxy.max-routes", Type.integer(1, 100_000_000), "2000000",
            "Routes that the table holds at most; further ones are refused until others are gone.");
    static final Setting<Integer> CONNECT_ATTEMPTS = Setting.of("proxy.connect-attempts", Type.integer(1, 100), "3",
            "Attempts to connect to a sandbox, before any byte of the request's body was sent.");
    static final Setting<Duration> CONNECT_TIMEOUT = Setting.of("proxy.connect-timeout", Type.duration("10ms", "1m"),
            "1s", "Time for all attempts to connect to a sandbox together.");
    static final Setting<Duration> CONNECT_BACKOFF = Setting.of("proxy.connect-backoff", Type.duration("0ms", "1m"),
            "100ms", "Wait after the first failed attempt to connect; after the second twice that, and so on.");
    static final Setting<Duration> ASK_TIMEOUT = Setting.of("proxy.ask-timeout", Type.duration("1ms", "1m"), "1s",
            "How long a request waits for a route that has to be asked for at the peers.");
    static final Setting<Duration> WAKE_TIMEOUT = Setting.of("proxy.wake-timeout", Type.duration("1ms", "1h"), "60s",
            "How long a request waits for a paused sandbox that is resumed for it; beyond it 503.");
    static final Setting<Duration> UPSTREAM_IDLE_TIMEOUT = Setting.of("proxy.upstream-idle-timeout",
            Type.duration("1s", "1d"), "60s",
            "How long a connection to a sandbox is kept for the next request; less when the sandbox says so.");
    static final Setting<Duration> CLIENT_IDLE_TIMEOUT = Setting.of("proxy.client-idle-timeout",
            Type.duration("0s", "7d"), "630s",
            "After so long without a byte in either direction a client's connection is closed; zero for never.");
    static final Setting<Duration> REQUEST_HEAD_TIMEOUT = Setting.of("proxy.request-head-timeout",
            Type.duration("10ms", "1h"), "10s",
            "How long the head of a request may take from its first byte to its last; beyond it 408.");
    static final Setting<Integer> LEAST_BODY_RATE = Setting.of("proxy.least-body-rate", Type.integer(0, 1 << 30), "100",
            "Bytes a second that the body of a request must come at least, on average over body-window, while its sandbox takes"
                    + " it and has not begun to answer; beyond it 408. Zero for any; calls of gRPC and Connect are left alone.");
    static final Setting<Duration> BODY_WINDOW = Setting.of("proxy.body-window", Type.duration("10ms", "1h"), "30s",
            "How long the body of a request may be slower than least-body-rate.");
    static final Setting<Duration> UPGRADE_TIMEOUT = Setting.of("proxy.upgrade-timeout", Type.duration("1ms", "1h"),
            "30s", "How long a sandbox may take to answer a request for an upgrade.");
    static final Setting<Integer> MAX_CONNECTIONS_PER_SANDBOX = Setting.of("proxy.max-connections-per-sandbox",
            Type.integer(1, 1_000_000), "2048",
            "Requests and tunnels that one sandbox may have in flight; beyond it clients get 429.");
    static final Setting<Integer> MAX_CONNECTIONS = Setting.of("proxy.max-connections", Type.integer(1, 10_000_000),
            "16384", "Requests and tunnels in flight to all sandboxes together; beyond it clients get 503.");
    static final Setting<Integer> MAX_IDLE_PER_SANDBOX = Setting.of("proxy.max-idle-per-sandbox",
            Type.integer(0, 1_000_000), "64", "Unused connections kept for one sandbox, on each event loop.");
    static final Setting<Integer> MAX_IDLE = Setting.of("proxy.max-idle", Type.integer(0, 10_000_000), "16384",
            "Unused connections kept in all; beyond it the one that was unused for longest is closed.");
    static final Setting<Integer> MAX_TUNNELS = Setting.of("proxy.max-tunnels", Type.integer(0, 10_000_000), "8192",
            "WebSockets and other upgraded connections in all; beyond it clients get 503.");
    static final Setting<ForwardedFields> FORWARDED_FIELDS = Setting.of("proxy.forwarded-fields",
            Type.oneOf(List.of(ForwardedFields.values())), "none",
            "How sandboxes are told who asked: not, by X-Forwarded-For, -Host, -Proto and, for addresses by path, -Prefix,"
                    + " or by Forwarded (RFC 7239).");
    static final Setting<Integer> MAX_REQUEST_LINE = Setting.of("proxy.max-request-line", Type.size("512B", "1MiB"),
            "8KiB", "Longest request line.");
    static final Setting<Integer> MAX_HEADER_SIZE = Setting.of("proxy.max-header-size", Type.size("1KiB", "1MiB"),
            "16KiB", "Largest header section of a request.");
    static final Setting<List<Integer>> HTTP2_PORTS = Setting.of("proxy.http2-ports", Type.ports(), "",
            "Ports of sandboxes that are spoken to in HTTP/2 (without TLS as h2c), such as those of gRPC servers.");
    static final Setting<List<Integer>> TLS_PORTS = Setting.of("proxy.tls-ports", Type.ports(), "",
            "Ports of sandboxes that are spoken to over TLS; their certificates are not verified.");
    static final List<Setting<?>> ALL = List.of(ALLOWED_TARGETS, MAX_ROUTES, CONNECT_ATTEMPTS, CONNECT_TIMEOUT,
            CONNECT_BACKOFF, ASK_TIMEOUT, WAKE_TIMEOUT, UPSTREAM_IDLE_TIMEOUT, CLIENT_IDLE_TIMEOUT,
            REQUEST_HEAD_TIMEOUT,
            LEAST_BODY_RATE, BODY_WINDOW, UPGRADE_TIMEOUT, MAX_CONNECTIONS_PER_SANDBOX, MAX_CONNECTIONS,
            MAX_IDLE_PER_SANDBOX, MAX_IDLE, MAX_TUNNELS, FORWARDED_FIELDS,
            MAX_REQUEST_LINE, MAX_HEADER_SIZE, HTTP2_PORTS, TLS_PORTS);

    static ProxySettings from(Values values, String domain) {
        return new ProxySettings(values.get(ALLOWED_TARGETS), values.get(MAX_ROUTES), new ForwardSettings(domain,
                values.get(ASK_TIMEOUT), values.get(WAKE_TIMEOUT),
                new ForwardSettings.Clients(values.get(CLIENT_IDLE_TIMEOUT), values.get(REQUEST_HEAD_TIMEOUT),
                        values.get(LEAST_BODY_RATE), values.get(BODY_WINDOW), values.get(MAX_REQUEST_LINE),
                        values.get(MAX_HEADER_SIZE)),
                new ForwardSettings.Upstreams(values.get(CONNECT_ATTEMPTS), values.get(CONNECT_TIMEOUT),
                        values.get(CONNECT_BACKOFF), values.get(UPSTREAM_IDLE_TIMEOUT), values.get(UPGRADE_TIMEOUT),
                        values.get(MAX_CONNECTIONS_PER_SANDBOX), values.get(MAX_CONNECTIONS),
                        values.get(MAX_IDLE_PER_SANDBOX), values.get(MAX_IDLE), values.get(MAX_TUNNELS)),
                values.get(FORWARDED_FIELDS),
                new PortProtocols(Set.copyOf(values.get(HTTP2_PORTS)), Set.copyOf(values.get(TLS_PORTS)))));
    }
}
