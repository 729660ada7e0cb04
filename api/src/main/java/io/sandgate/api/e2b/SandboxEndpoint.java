package io.sandgate.api.e2b;

import io.vertx.core.http.HttpMethod;
import java.util.EnumSet;
import java.util.Set;

/// The calls on one sandbox: their methods and paths, the same on the public listener and between replicas.
enum SandboxEndpoint {
    /// Everything that is shown of it.
    SHOW("GET", "", "", false),
    /// Ends it for good.
    KILL("DELETE", "", "", false),
    /// Freezes it.
    PAUSE("POST", "", "/pause", false),
    /// Thaws it; what SDKs before 2.6 call.
    RESUME("POST", "", "/resume", false),
    /// Thaws it if need be and extends its life; what SDKs before 2.51 call.
    CONNECT_V1("POST", "", "/connect", false),
    /// Thaws it if need be and extends its life.
    CONNECT_V2("POST", "/v2", "/connect", true),
    /// Sets its deadline.
    TIMEOUT("POST", "", "/timeout", false),
    /// Extends its life.
    REFRESH("POST", "", "/refreshes", false),
    /// Sets what it reaches of the world.
    NETWORK("PUT", "", "/network", false),
    /// Log lines in the older form.
    LOGS_V1("GET", "", "/logs", false),
    /// Log lines.
    LOGS_V2("GET", "/v2", "/logs", true),
    /// Keeps a copy of its disk.
    SNAPSHOT("POST", "", "/snapshots", false),
    /// What it used.
    METRICS("GET", "", "/metrics", false),
    /// Thaws it for a request that came for it; between replicas only.
    WAKE("POST", "", "/wake", false);

    /// Those that clients may call.
    static final Set<SandboxEndpoint> PUBLIC = Set.copyOf(EnumSet.complementOf(EnumSet.of(WAKE)));

    private final String method;
    private final String prefix;
    private final String suffix;
    private final boolean second;

    SandboxEndpoint(String method, String prefix, String suffix, boolean second) {
        this.method = method;
        this.prefix = prefix;
        this.suffix = suffix;
        this.second = second;
    }

    HttpMethod method() {
        return HttpMethod.valueOf(method);
    }

    /// Whether it belongs to the second generation of calls.
    boolean isSecond() {
        return second;
    }

    /// The path for one sandbox; for `:id` the template of all.
    String path(String id) {
        return prefix + "/sandboxes/" + id + suffix;
    }
}
