package io.sandgate.api.e2b;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.stream.source.LifecycleHistory;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.forward.Waker;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxTokens;
import io.sandgate.sandbox.tenant.KeyRing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The API of one replica on real listeners, over sandboxes in memory.
final class TestReplica implements AutoCloseable {
    static final String KEY_A = "e2b_aaaa";
    static final String KEY_B = "e2b_bbbb";
    static final String TEAM_A = "team a/ü";
    static final String TEAM_B = "team-b";
    /// No test calls as often by chance, since time stands still here.
    static final int RATE = 500;
    static final int AUTH_FAILURES = 50;

    final String id;
    final FakeSandboxes sandboxes;
    final RouteTable routes = new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.0.0.0/8")),
            () -> 0);
    final AtomicLong nanos = new AtomicLong();
    final TestKeyStore keys = new TestKeyStore();
    final KeyRing ring;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final LifecycleHistory history = new LifecycleHistory(100, meters);
    final AtomicInteger lookups = new AtomicInteger();
    final TestClient client;
    volatile boolean lookupsFail;
    final HttpServer peerServer;
    private final HttpServer publicServer;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private final E2bApi api;
    private final Map<String, TestReplica> replicas;

    /// @param replicas all replicas of the test, this one to be added by the caller
    TestReplica(Vertx vertx, String id, E2bSettings settings, Map<String, Member> members,
            Map<String, TestReplica> replicas) {
        this.id = id;
        this.replicas = replicas;
        this.ring = KeyRing.open(keys, id, () -> FakeSandboxes.START, new Random(id.hashCode()), 100);
        this.sandboxes = new FakeSandboxes(id.replaceAll("[^a-z0-9]", ""));
        Router peerRouter = Router.router(vertx);
        peerServer = vertx.createHttpServer().requestHandler(peerRouter).listen(0, "127.0.0.1").await();
        Endpoint peer = new Endpoint("127.0.0.1", peerServer.actualPort());
        members.put(id, new Member(id, 1, peer, peer, MemberState.READY));
        api = new E2bApi(vertx,
                new E2bServices(sandboxes, routes, this::ask, new FakeMembership(id, members),
                        tenants(),
                        () -> List.of(new TemplateInfo("web", 2, 256, 2048), new TemplateInfo("base", 1, 512, 1024)),
                        SandboxTokens.of("a seed for tests only"), List::of,
                        history, Optional.empty(), workers, meters, () -> id + "-" + requests.incrementAndGet(),
                        new HttpClientOptions()),
                settings, List.of());
        peerRouter.route(E2bApi.OWNER_MOUNT).subRouter(api.ownerRouter());
        publicServer = vertx.createHttpServer().requestHandler(api.publicRouter()).listen(0, "127.0.0.1").await();
        client = new TestClient(publicServer.actualPort());
    }

    private TenantServices tenants() {
        return new TenantServices(key -> Optional.ofNullable(Map.of(KEY_A, TEAM_A, KEY_B, TEAM_B).get(key)), ring, 100,
                RATE, AUTH_FAILURES, id, nanos::get, new Random(id.hashCode()));
    }

    Waker waker() {
        return api.waker();
    }

    /// Calls the peer listener.
    TestClient peer() {
        return new TestClient(peerServer.actualPort());
    }

    void joinKeys() {
        api.joinKeys().await();
    }

    int port() {
        return publicServer.actualPort();
    }

    /// How many calls of clients or of peers are running.
    int running(String side) {
        return (int) meters.get("sandgate.api.calls").tag("side", side).gauge().value();
    }

    /// The route of a sandbox of this replica.
    Route route(Sandbox sandbox) {
        return new Route(Route.DEFAULT_NAMESPACE, sandbox.id(), sandbox.id(), sandbox.uid(), sandbox.owner(),
                sandbox.address(), "running", RouteVersion.of(sandbox.routeVersion()), id, TrafficRules.OPEN, null);
    }

    private Future<Route> ask(String sandboxId) {
        lookups.incrementAndGet();
        if (lookupsFail) {
            return Future.failedFuture("no peer answered");
        }
        for (TestReplica replica : replicas.values()) {
            Route route = replica.routes.find(sandboxId);
            if (route != null) {
                return Future.succeededFuture(route);
            }
        }
        return Future.succeededFuture();
    }

    @Override
    public void close() {
        publicServer.close().await();
        peerServer.close().await();
        api.close();
        workers.shutdownNow();
    }
}
