package io.sandgate.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sandgate.api.admin.AdminApi;
import io.sandgate.api.admin.ClusterView;
import io.sandgate.api.admin.HealthView;
import io.sandgate.api.admin.Readiness;
import io.sandgate.api.connection.Endpoint.Access;
import io.sandgate.api.connection.TicketAccess;
import io.sandgate.api.connection.TicketAccess.Answer.Denied;
import io.sandgate.api.connection.TicketAccess.Answer.Granted;
import io.sandgate.api.e2b.E2bApi;
import io.sandgate.api.e2b.E2bServices;
import io.sandgate.api.e2b.E2bSettings;
import io.sandgate.api.e2b.Extension;
import io.sandgate.api.e2b.TemplateInfo;
import io.sandgate.api.e2b.TenantServices;
import io.sandgate.api.health.HealthChecks;
import io.sandgate.api.health.NonceEcho;
import io.sandgate.api.http.Answers;
import io.sandgate.api.peer.ReachApi;
import io.sandgate.api.peer.RefreshApi;
import io.sandgate.api.route.DigestApi;
import io.sandgate.api.route.RouteApi;
import io.sandgate.api.route.RouteFeed;
import io.sandgate.api.settings.ApiAccess;
import io.sandgate.api.settings.ApiKeys;
import io.sandgate.api.settings.Secret;
import io.sandgate.api.settings.Settings;
import io.sandgate.api.shards.ShardsApi;
import io.sandgate.api.shards.ShardsPeerApi;
import io.sandgate.api.stream.StreamApi;
import io.sandgate.gateway.connection.ticket.Ticket;
import io.sandgate.gateway.shard.Shards;
import io.sandgate.membership.Membership;
import io.sandgate.proxy.forward.Waker;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.sandbox.SandboxManager;
import io.sandgate.sandbox.SandboxTokens;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.tenant.KeyRing;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What answers on each listener of a replica.
final class Faces implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Faces.class);
    /// A create may take longer than a stop may.
    private static final Duration LAST_CALLS = Duration.ofSeconds(2);

    private final Settings settings;
    private final Readiness readiness;
    private final Routing routing;
    private final Membership membership;
    private final SandboxManager sandboxes;
    private final ExecutorService workers;
    private final E2bApi e2b;
    private final Router admin;
    private final Router peer;

    /// @param ring the keys that were made through the API
    /// @param link how peers are reached, and who may call here
    /// @param shards of this replica, when it has any
    /// @param workers runs each blocking call on a thread of its own; closed with this
    Faces(Settings settings, ApiKeys keys, Readiness readiness, HealthChecks checks,
            PrometheusMeterRegistry meters, Vertx vertx, PeerLink link,
            Routing routing, Membership membership, SandboxManager sandboxes, KeyRing ring,
            Collection<Template> templates, SandboxTokens tokens, Supplier<List<String>> shortfalls,
            ExecutorService workers, Optional<Shards> shards, Streaming streaming,
            ClientConnections connections, WebhookSending webhooks) {
        this.settings = settings;
        this.readiness = readiness;
        this.routing = routing;
        this.membership = membership;
        this.sandboxes = sandboxes;
        this.workers = workers;
        List<TemplateInfo> listed = templates.stream().map(template -> new TemplateInfo(template.name(),
                template.cpuCount(), template.memoryMb(), template.diskSizeMb())).toList();
        E2bServices services = new E2bServices(sandboxes, routing.table(),
                id -> Future.fromCompletionStage(routing.ask(id)), membership, tenants(keys, ring), () -> listed,
                tokens, shortfalls, streaming.history(), Optional.of(webhooks.services()),
                workers,
                meters,
                () -> UUID.randomUUID().toString(), link.toMembers());
        this.e2b = new E2bApi(vertx, services, e2bSettings(), extensions(connections, streaming));
        RouteFeed feed = new RouteFeed(membership.self().id(), routing.table(), routing.sync(), this::isOther,
                this::isSandbox, InstantSource.system(), vertx);
        RouteApi routes = new RouteApi(routing.table(), feed, this::isListable);
        this.admin = adminRouter(vertx, checks, meters, routes, shards, streaming, connections);
        this.peer = peerRouter(vertx, link, meters, routes, shards, streaming, connections);
        webhooks.peerApi().mount(this.peer);
    }

    private TenantServices tenants(ApiKeys keys, KeyRing ring) {
        SecureRandom random = new SecureRandom();
        ApiAccess access = settings.api();
        return new TenantServices(keys::ownerOf, ring, access.maxKeys(), access.rateLimit(), access.authFailures(),
                HexFormat.of().toHexDigits(random.nextLong()), System::nanoTime, random);
    }

    private E2bSettings e2bSettings() {
        E2bSettings standard = E2bSettings.DEFAULT;
        return new E2bSettings(settings.sandboxes().defaultTimeout(), settings.sandboxes().maxTimeout(),
                settings.publicListener().maxBody(), standard.maxCalls(), standard.callDeadline(),
                standard.forwardDeadline(), standard.connectTimeout(),
                standard.peerConnections(), standard.peerWaiting(), standard.listFanOut(), standard.listDeadline());
    }

    private static List<Extension> extensions(ClientConnections connections, Streaming streaming) {
        TicketAccess tickets = connections.tickets();
        StreamApi stream = new StreamApi(streaming.subscribers(), connections.limits());
        Extension events = new Extension(HttpMethod.GET, StreamApi.PATH, TicketAccess::isTried,
                (context, team, keyId) -> {
                    switch (tickets.toEvents(context).orElse(null)) {
                        case null -> stream.handle(context, team, keyId);
                        case Denied(int status, String message) -> Answers.error(context, status, message);
                        case Granted(Ticket ticket) -> stream.handle(context, ticket.team(), ticket.keyId());
                    }
                });
        Stream<Extension> calls = connections.api().endpoints().stream()
                .map(endpoint -> new Extension(endpoint.method(), endpoint.path(), context -> endpoint
                        .access() == Access.TICKET_OR_KEY && TicketAccess.isTried(context), endpoint.call()::handle));
        return Stream.concat(Stream.of(events), calls).toList();
    }

    private Router adminRouter(Vertx vertx, HealthChecks checks, PrometheusMeterRegistry meters, RouteApi routes,
            Optional<Shards> shards, Streaming streaming, ClientConnections connections) {
        Router router = router(vertx);
        NonceEcho.mount(router);
        new AdminApi(new HealthView(readiness, checks, membership), new ClusterView(membership, routing.counts()),
                meters,
                settings.admin().token().map(Secret::value)).mount(router);
        routes.mount(router);
        new ShardsApi(shards).mount(router);
        new StreamApi(streaming.subscribers(), connections.limits()).mount(router);
        return router;
    }

    private Router peerRouter(Vertx vertx, PeerLink link, PrometheusMeterRegistry meters, RouteApi routes,
            Optional<Shards> shards, Streaming streaming, ClientConnections connections) {
        Router router = router(vertx);
        String id = membership.self().id();
        router.route().handler(context -> {
            context.response().putHeader(HttpPeers.SENDER, id);
            context.next();
        });
        link.gate(this::isMember).ifPresent(gate -> gate.mount(router, E2bApi.OWNER_MOUNT));
        new RefreshApi(routing.table(), routing.watch()::fetchFrom, meters).mount(router);
        NonceEcho.mount(router);
        new ReachApi(routing.witnesses()).mount(router);
        new DigestApi(routing.table(), routing.digests(), this::isListable).mount(router);
        routes.mount(router);
        shards.ifPresent(all -> new ShardsPeerApi(all).mount(router));
        streaming.intake(membership).mount(router);
        connections.peerApi().mount(router);
        router.route(E2bApi.OWNER_MOUNT).subRouter(e2b.ownerRouter());
        return router;
    }

    private static Router router(Vertx vertx) {
        Router router = Router.router(vertx);
        Answers.forFailures(router);
        return router;
    }

    private boolean isOther(String authority) {
        return !authority.equals(membership.self().id()) && isMember(authority);
    }

    private boolean isMember(String id) {
        return membership.members().stream().anyMatch(member -> member.id().equals(id));
    }

    private boolean isSandbox(RouteKey key) {
        return key.namespace().equals(Route.DEFAULT_NAMESPACE) && sandboxes.find(key.name()).isPresent();
    }

    private boolean isListable(String authority) {
        return !authority.equals(membership.self().id()) || readiness.isComplete();
    }

    /// Done when this replica knows the keys that one ready member knows.
    CompletionStage<Void> joinKeys() {
        return e2b.joinKeys().toCompletionStage();
    }

    Waker waker() {
        return e2b.waker();
    }

    Handler<HttpServerRequest> admin() {
        return admin;
    }

    Handler<HttpServerRequest> peer() {
        return peer;
    }

    /// What is for no sandbox, and so did not stay in the data plane, is a lifecycle call.
    Handler<HttpServerRequest> lifecycle() {
        Router lifecycle = e2b.publicRouter();
        return request -> {
            if (!NonceEcho.take(request)) {
                lifecycle.handle(request);
            }
        };
    }

    @Override
    public void close() {
        e2b.close();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(LAST_CALLS.toMillis(), TimeUnit.MILLISECONDS)) {
                log.info("calls.left after={} (the sandboxes that they are about are settled at the next start)",
                        LAST_CALLS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
