package io.sandgate.api.e2b;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.api.stream.source.LifecycleHistory;
import io.sandgate.membership.Membership;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.sandbox.SandboxManager;
import io.sandgate.sandbox.SandboxTokens;
import io.vertx.core.http.HttpClientOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// What the lifecycle API works with.
///
/// @param sandboxes the sandboxes of this replica
/// @param routes says which replica owns a sandbox
/// @param lookup asked for a route that is not in `routes`
/// @param membership says where a replica's peer listener is
/// @param tenants tells callers apart and bounds them
/// @param templates the configured templates
/// @param tokens what callers of secured sandboxes must show
/// @param shortfalls how this replica's sandboxes are kept apart less than they could be
/// @param history the latest events of sandboxes
/// @param webhooks of teams
/// @param workers runs blocking calls, each on a virtual thread
/// @param meters where metrics go
/// @param requestIds makes an id for a request that brings none
/// @param peerTransport how peers are reached: TLS or not; bounds and timeouts come from [E2bSettings]
public record E2bServices(SandboxManager sandboxes, RouteTable routes, RouteLookup lookup, Membership membership,
        TenantServices tenants, Supplier<List<TemplateInfo>> templates, SandboxTokens tokens,
        Supplier<List<String>> shortfalls, LifecycleHistory history, Optional<WebhookServices> webhooks,
        Executor workers,
        MeterRegistry meters, Supplier<String> requestIds, HttpClientOptions peerTransport) {}
