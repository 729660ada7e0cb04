package io.sandgate.gateway.stream.serve;

import io.netty.channel.Channel;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.pump.End;
import io.sandgate.gateway.stream.pump.Parking;
import io.sandgate.gateway.stream.pump.Pump;
import io.sandgate.gateway.stream.pump.Subscription;
import io.sandgate.gateway.websocket.WebSocketChannel;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The subscribers of one event loop. Belongs to it, but for [#lag].
final class Desk {
    private static final Logger log = LoggerFactory.getLogger(Desk.class);
    private static final Duration SWEEP = Duration.ofMillis(500);

    /// What all desks have in common.
    ///
    /// @param replica the id of this one
    /// @param workers where pumps may block on the disk
    record Shared(EventReader reader, String replica, StreamSettings settings, Executor workers, StreamMeters meters,
            SharedDeflate deflate) {}

    /// One subscriber; it is equal to no other.
    private static final class Subscriber {
        final Pump pump;
        final SocketOutlet outlet;
        final Identity who;

        Subscriber(Pump pump, SocketOutlet outlet, Identity who) {
            this.pump = pump;
            this.outlet = outlet;
            this.who = who;
        }
    }

    private final Shared shared;
    private final Loop loop;
    private final Parking parking;
    private final Encoder encoder;
    private final Runnable unregister;
    private final Set<Subscriber> open = new LinkedHashSet<>();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private boolean draining;
    private boolean sweeping;
    private volatile long lag;

    Desk(Shared shared, Loop loop) {
        this.shared = shared;
        this.loop = loop;
        this.parking = new Parking(loop, shared.settings().spacing());
        this.encoder = new Encoder(shared.deflate());
        this.unregister = shared.reader().onAppend(parking::appended);
    }

    Loop loop() {
        return loop;
    }

    /// How many events the subscriber who is furthest behind has still to read; from any thread.
    long lag() {
        return lag;
    }

    /// Serves a WebSocket that was just opened.
    void serve(WebSocketChannel socket, boolean deflates, Subscription subscription, Identity who, Runnable closed) {
        join(new WebSocketOutlet(socket, encoder, deflates, loop, shared.settings()), subscription, who, closed);
    }

    /// Serves the body of a response.
    void serve(WriteStream<Buffer> body, Channel channel, Subscription subscription, Identity who,
            Runnable closed) {
        join(new EventStreamOutlet(body, channel, encoder, loop, shared.settings()), subscription, who, closed);
    }

    private void join(SocketOutlet outlet, Subscription subscription, Identity who, Runnable closed) {
        Pump pump = new Pump(shared.reader(), subscription, outlet, loop, shared.workers(), parking,
                shared.settings().pump(), shared.meters());
        Subscriber subscriber = new Subscriber(pump, outlet, who);
        outlet.listen(new SocketOutlet.Listener() {
            @Override
            public void drained() {
                pump.drained();
            }

            @Override
            public void closed() {
                pump.closed();
                try {
                    closed.run();
                } finally {
                    // last: who waits for the drain finds all places given back
                    leave(subscriber);
                }
            }

            @Override
            public void unexpectedData() {
                pump.end(End.UNEXPECTED_DATA);
            }
        });
        if (pump.isOver()) {
            // it was closed before anybody listened, and nobody will say so again
            return;
        }
        open.add(subscriber);
        pump.start(shared.replica());
        if (!sweeping) {
            sweeping = true;
            loop.after(SWEEP, this::sweep);
        }
    }

    private void leave(Subscriber subscriber) {
        open.remove(subscriber);
        if (open.isEmpty()) {
            encoder.clear();
            lag = 0;
        }
        if (draining && open.isEmpty()) {
            drained();
        }
    }

    private void sweep() {
        try {
            long now = loop.nanoTime();
            long tip = shared.reader().extent().tip();
            long furthest = 0;
            for (Subscriber each : List.copyOf(open)) {
                lookAfter(each, now);
                furthest = Math.max(furthest, tip - each.pump.cursor().seq());
            }
            lag = furthest;
        } finally {
            sweeping = !open.isEmpty();
            if (sweeping) {
                loop.after(SWEEP, this::sweep);
            }
        }
    }

    /// What goes wrong with one is no reason to look after nobody else.
    private static void lookAfter(Subscriber each, long now) {
        try {
            switch (each.outlet.check(now)) {
                case GOOD -> each.pump.beat();
                case STALLED -> {
                    each.pump.end(End.SLOW);
                    each.outlet.abort();
                }
                case SILENT -> each.pump.end(End.SILENT);
            }
        } catch (Throwable e) {
            log.error("events.subscriber.failed", e);
            giveUp(each);
        }
    }

    private static void giveUp(Subscriber each) {
        try {
            if (each.pump.isOver()) {
                each.outlet.abort();
            } else {
                each.pump.end(End.FAILED);
            }
        } catch (Throwable e) {
            log.error("events.abort.failed", e);
        }
    }

    /// Ends those whose identity is one of these.
    void end(Predicate<Identity> whose, End end) {
        List.copyOf(open).stream().filter(each -> whose.test(each.who)).forEach(each -> each.pump.end(end));
    }

    /// Ends all, and closes those at once that are still open after a time.
    ///
    /// @return done when none is open
    CompletableFuture<Void> drain(Duration time) {
        draining = true;
        end(who -> true, End.DRAIN);
        if (open.isEmpty()) {
            drained();
        } else {
            loop.after(time, () -> List.copyOf(open).forEach(each -> each.outlet.abort()));
        }
        return empty;
    }

    private void drained() {
        unregister.run();
        empty.complete(null);
    }
}
