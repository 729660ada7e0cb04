package io.sandgate.api;

import io.sandgate.api.route.FedMark;
import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.proxy.replicate.PeerSync;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteResult;
import io.sandgate.proxy.route.RouteStates;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.sandgate.sandbox.RouteAnnouncer;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxState;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The routes of the sandboxes that this replica runs: into its own table first, then to the peers.
final class SandboxRoutes implements RouteAnnouncer {
    private static final Logger log = LoggerFactory.getLogger(SandboxRoutes.class);

    private final String self;
    private final RouteTable table;
    private final PeerSync sync;

    SandboxRoutes(String self, RouteTable table, PeerSync sync) {
        this.self = self;
        this.table = table;
        this.sync = sync;
    }

    static RouteKey key(String sandboxId) {
        return new RouteKey(Route.DEFAULT_NAMESPACE, sandboxId);
    }

    @Override
    public long nextVersion(String sandboxId, long known) {
        long next = table.nextVersion(key(sandboxId), self).longValue();
        return next > known ? next : RouteVersion.of(known).next().longValue();
    }

    @Override
    public CompletionStage<Void> announce(Sandbox sandbox) {
        return publish(route(sandbox, state(sandbox)));
    }

    @Override
    public CompletionStage<Void> withdraw(Sandbox sandbox) {
        return publish(route(sandbox, RouteStates.DEAD));
    }

    /// Withdraws the routes of this replica that belong to no sandbox and were not fed by a user: what an earlier life left.
    /// The rows of connections are seen to by those.
    void withdrawLeftovers(Predicate<String> isSandbox) {
        for (Route route : table.routes()) {
            if (route.authority().equals(self) && !route.namespace().equals(ClientKey.NAMESPACE)
                    && !FedMark.isFed(route)
                    && !isSandbox.test(route.id())) {
                log.info("route.leftover.withdrawn route={}", route);
                publish(route.dead(table.nextVersion(route.key(), self)));
            }
        }
    }

    private CompletionStage<Void> publish(Route route) {
        RouteResult result = table.apply(route);
        if (!result.isApplied()) {
            log.warn("route.own.refused reason={} route={} (another writer has changed it)", result.reason().word(),
                    route);
        }
        return sync.publish(route).thenAccept(done -> log.debug("route.published route={} result={}", route, done));
    }

    private Route route(Sandbox sandbox, String state) {
        return new Route(Route.DEFAULT_NAMESPACE, sandbox.id(), sandbox.id(), sandbox.uid(), sandbox.owner(),
                sandbox.address(), state, RouteVersion.of(sandbox.routeVersion()), self,
                TrafficRules.of(!sandbox.network().publicTraffic(), sandbox.network().maskRequestHost(),
                        // one without its memory starts anew, which only its maker may want
                        sandbox.autoResume() && sandbox.state() != SandboxState.STOPPED),
                null);
    }

    private static String state(Sandbox sandbox) {
        return switch (sandbox.state()) {
            case CREATING, RESUMING -> RouteStates.CREATING;
            case RUNNING, PAUSING -> RouteStates.RUNNING;
            case PAUSED, STOPPED -> RouteStates.PAUSED;
            case KILLING -> RouteStates.DEAD;
        };
    }
}
