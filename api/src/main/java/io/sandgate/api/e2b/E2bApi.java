package io.sandgate.api.e2b;

import io.sandgate.api.e2b.ListCalls.Generation;
import io.sandgate.proxy.forward.Waker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.util.List;

/// The lifecycle API of one replica: what its public listener serves to clients, and its peer listener to the others.
///
/// Each router may serve any number of event loops. What blocks runs on the workers.
public final class E2bApi implements AutoCloseable {

    /// Where [#ownerRouter] belongs on the peer listener.
    public static final String OWNER_MOUNT = PeerRequest.PREFIX + "/*";
    /// The header with which a replica that passes a call on names itself.
    public static final String HOP = PeerRequest.HOP;

    private final Vertx vertx;
    private final E2bServices services;
    private final E2bSettings settings;
    private final PeerClient peers;
    private final Exchange exchange;
    private final LocalSandboxes local;
    private final Workers workers;
    private final Tenancy tenancy;
    private final TrafficWaker waker;
    private final Router publicRouter;
    private final Router ownerRouter;

    /// @param extensions what the public listener answers beside
    public E2bApi(Vertx vertx, E2bServices services, E2bSettings settings, List<Extension> extensions) {
        this.vertx = vertx;
        this.services = services;
        this.settings = settings;
        this.peers = new PeerClient(vertx, services, settings);
        this.exchange = new Exchange(vertx, services, settings.maxBody());
        Timeouts timeouts = new Timeouts(settings.defaultTimeout(), settings.maxTimeout());
        this.local = new LocalSandboxes(services.sandboxes(),
                new SandboxJson(services.templates(), services.tokens(), services.shortfalls()), timeouts);
        this.workers = new Workers(vertx, services.workers());
        this.tenancy = new Tenancy(vertx, services, peers, workers);
        SandboxCalls sandboxes = new SandboxCalls(new CommandParser(timeouts), local, workers,
                new OwnerCalls(services, new Relay(peers, settings.forwardDeadline())));
        this.waker = new TrafficWaker(vertx, services, sandboxes.anywhere(SandboxEndpoint.WAKE));
        ListGather gather = new ListGather(peers, services.membership(), settings.listFanOut(),
                settings.listDeadline(), services.meters());
        ListCalls lists = new ListCalls(local, workers, gather);
        UsageCalls usage = new UsageCalls(local, workers, gather);
        // a start elsewhere may take as long as one here
        Relay relay = new Relay(peers, settings.callDeadline());
        List<ClusterEndpoint> making = ClusterEndpoint.making(
                new SnapshotFinder(new LocalSnapshots(services.sandboxes()), workers,
                        new OtherReplicas(services.membership(), peers), gather),
                local, tenancy.quotas(), new OwnerCalls(services, relay), relay,
                new CreateBody(services.templates(), timeouts));
        this.publicRouter = publicRouter(sandboxes, lists, usage, making, extensions);
        this.ownerRouter = new OwnerRoutes(exchange, gate("peer"), sandboxes, lists, usage, making, tenancy,
                services.membership().self().id())
                .router(vertx);
    }

    /// Handles what comes to the public listener and is not for a sandbox.
    public Router publicRouter() {
        return publicRouter;
    }

    /// Handles what peers ask about the sandboxes of this replica; belongs at [#OWNER_MOUNT].
    public Router ownerRouter() {
        return ownerRouter;
    }

    /// Lets sandboxes run again that requests come for, on whichever replica they live.
    public Waker waker() {
        return waker;
    }

    /// Done when this replica knows the keys that one ready member knows; at once when there is none.
    public Future<Void> joinKeys() {
        return tenancy.join();
    }

    /// Ends the connections to peers.
    @Override
    public void close() {
        tenancy.close();
        peers.close();
    }

    private Router publicRouter(SandboxCalls sandboxes, ListCalls lists, UsageCalls usage,
            List<ClusterEndpoint> making, List<Extension> extensions) {
        CallGate gate = gate("client");
        PublicRoutes routes = new PublicRoutes(vertx, exchange, tenancy::admit).addHealth()
                .addUnsupported(UnsupportedEndpoint.ALL);
        new TemplateCalls(services.templates()).addTo(routes);
        for (Generation generation : Generation.values()) {
            routes.add(HttpMethod.GET, generation.path(), gate.bounded(lists.everywhere(generation)));
        }
        routes.add(HttpMethod.GET, UsageCalls.PATH, gate.bounded(usage.everywhere()));
        new EventCalls(services.history()).addTo(routes, gate);
        services.webhooks().ifPresent(webhooks -> new WebhookCalls(vertx, webhooks).addTo(routes, gate));
        for (SandboxEndpoint endpoint : SandboxEndpoint.PUBLIC) {
            routes.add(endpoint.method(), endpoint.path(":id"), gate.bounded(sandboxes.anywhere(endpoint)));
        }
        making.forEach(endpoint -> routes.add(endpoint.method(), endpoint.path(),
                gate.bounded(endpoint.client())));
        tenancy.addTo(routes, gate);
        return routes.addExtensions(extensions).build();
    }

    private CallGate gate(String side) {
        return new CallGate(vertx, side, settings.maxCalls(), settings.callDeadline(), services.meters());
    }
}
