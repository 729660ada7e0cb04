package io.sandgate.proxy.forward;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.sandgate.proxy.forward.ConnectionBudget.Share;
import io.sandgate.proxy.forward.LifePool.Life;
import io.sandgate.proxy.http2.StreamScratch;
import io.sandgate.proxy.route.Route;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to sandboxes, by life and port. Confined to that event loop.
///
/// Connections belong to a sandbox's life, not to an address: whoever gets the address next never sees them.
final class UpstreamPools {

    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final ForwardSettings settings;
    private final ConnectionBudget budget;
    private final ForwardMetrics metrics;
    private final LongSupplier nanoTime;
    private final Connector connector;
    private final SharedConnections shared;
    private final Map<Life, LifePool> lives = new HashMap<>();
    private final IdleConnections idle = new IdleConnections();
    private boolean sweeping;

    /// @param loop that it is confined to
    /// @param scratch what streams of HTTP/2 read heads with
    UpstreamPools(Vertx vertx, EventLoop loop, ForwardSettings settings, ConnectionBudget budget,
            ForwardMetrics metrics, StreamScratch scratch, LongSupplier nanoTime) {
        this.loop = loop;
        this.settings = settings;
        this.budget = budget;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.connector = new Connector(vertx, loop, settings, metrics, nanoTime);
        this.shared = new SharedConnections(connector, settings.protocols(), scratch,
                settings.upstreams().idleTimeout(),
                this::forgetIfEmpty);
    }

    /// Leases a connection to a port of a sandbox.
    ///
    /// @param fresh whether it must be one that served no request yet
    /// @param upgrade whether it is to become a tunnel
    void lease(Route route, int port, boolean fresh, boolean upgrade, Lessee lessee) {
        LifePool life = lives.computeIfAbsent(new Life(route.uid(), route.ip()), this::begun);
        Refusal full = take(life.share(), route);
        if (full != null) {
            forgetIfEmpty(life);
            lessee.refused(full);
            return;
        }
        if (settings.protocols().http2().contains(port) && !upgrade) {
            open(route, life, port, fresh, lessee);
            return;
        }
        Upstream kept = fresh || upgrade ? null : takeIdle(life, port);
        if (kept == null) {
            connect(route, life, port, lessee);
        } else {
            kept.leaseTo(lessee);
            metrics.reused();
            lessee.connected(kept);
        }
    }

    private LifePool begun(Life life) {
        return new LifePool(life, budget.join(life.uid()));
    }

    /// Takes room for one request to a sandbox from the budget, to be given back; or says why there is none.
    @Nullable
    Refusal take(Share share, Route route) {
        return switch (budget.take(share)) {
            case GRANTED -> null;
            case SANDBOX_FULL -> Refusal.sandboxFull(route.id(), settings.upstreams().maxPerSandbox());
            case REPLICA_FULL -> Refusal.replicaFull("connections", route.id());
        };
    }

    private @Nullable Upstream takeIdle(LifePool life, int port) {
        for (;;) {
            Upstream upstream = life.takeIdle(port);
            if (upstream == null) {
                return null;
            }
            boolean _ = idle.remove(upstream);
            budget.removeIdle();
            if (!upstream.isClosed() && upstream.idleUntil() - nanoTime.getAsLong() > 0) {
                return upstream;
            }
            life.remove(upstream);
            upstream.close();
        }
    }

    private void connect(Route route, LifePool life, int port, Lessee lessee) {
        life.hold(1);
        connector.connect(life, port, connection -> {
            life.hold(-1);
            if (connection != null && !life.isOver()) {
                connected(Upstream.ofConnection(this, life, port, connection, lessee), lessee);
                return;
            }
            if (connection != null) {
                ChannelFuture _ = connection.close();
            }
            failed(route, life, port, lessee);
        });
    }

    private void open(Route route, LifePool life, int port, boolean fresh, Lessee lessee) {
        life.hold(1);
        shared.open(life, port, fresh, opened -> {
            life.hold(-1);
            if (opened != null && !life.isOver()) {
                connected(Upstream.ofStream(this, life, port, opened, lessee), lessee);
                return;
            }
            if (opened != null) {
                ChannelFuture _ = opened.stream().close();
            }
            failed(route, life, port, lessee);
        });
    }

    private static void connected(Upstream upstream, Lessee lessee) {
        upstream.life().add(upstream);
        lessee.connected(upstream);
    }

    private void failed(Route route, LifePool life, int port, Lessee lessee) {
        budget.giveBack(life.share());
        forgetIfEmpty(life);
        lessee.refused(life.isOver() ? Refusal.notFound(route.id()) : Refusal.portClosed(route.id(), port));
    }

    void released(Upstream upstream, Duration keepFor) {
        LifePool life = upstream.life();
        budget.giveBack(life.share());
        if (upstream.isClosed() || life.isOver() || life.idleCount() >= settings.upstreams().maxIdlePerSandbox()) {
            life.remove(upstream);
            upstream.close();
            forgetIfEmpty(life);
            return;
        }
        Duration keep = keepFor.compareTo(settings.upstreams().idleTimeout()) < 0
                ? keepFor
                : settings.upstreams().idleTimeout();
        upstream.idleUntil(nanoTime.getAsLong() + keep.toNanos());
        boolean room = budget.addIdle();
        life.addIdle(upstream);
        idle.add(upstream);
        Upstream longest = room ? null : idle.longest();
        if (longest != null) {
            dropIdle(longest);
        }
        sweepLater();
    }

    void discarded(Upstream upstream) {
        LifePool life = upstream.life();
        budget.giveBack(life.share());
        life.remove(upstream);
        forgetIfEmpty(life);
    }

    /// The connection is closed, by whichever side. A lessee hears of it from its request.
    void closed(Upstream upstream) {
        dropIdle(upstream);
    }

    private void dropIdle(Upstream upstream) {
        if (idle.remove(upstream)) {
            budget.removeIdle();
            upstream.life().removeIdle(upstream);
            upstream.life().remove(upstream);
            upstream.close();
            forgetIfEmpty(upstream.life());
        }
    }

    private void forgetIfEmpty(LifePool life) {
        if (life.isEmpty() && lives.remove(life.life(), life)) {
            budget.leave(life.share());
        }
    }

    /// Ends a life: all its connections are closed, and what is on them is cut off.
    void end(Life gone) {
        LifePool life = lives.remove(gone);
        if (life == null) {
            return;
        }
        budget.leave(life.share());
        for (Upstream upstream : life.end()) {
            dropIdle(upstream);
            upstream.sandboxGone();
        }
        shared.end(life);
    }

    /// Closes every connection.
    void close() {
        new ArrayList<>(lives.keySet()).forEach(this::end);
    }

    private void sweepLater() {
        if (!sweeping && !idle.isEmpty()) {
            sweeping = true;
            var _ = loop.schedule(() -> {
                sweeping = false;
                sweep();
                sweepLater();
            }, SWEEP_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void sweep() {
        idle.overdue(nanoTime.getAsLong()).forEach(this::dropIdle);
    }
}
