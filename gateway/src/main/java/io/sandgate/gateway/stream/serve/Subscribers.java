package io.sandgate.gateway.stream.serve;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.pump.End;
import io.sandgate.gateway.stream.pump.Subscription;
import io.sandgate.gateway.websocket.WebSocketChannel;
import io.sandgate.proxy.replicate.VertxLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.streams.WriteStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All who follow the events of this replica. Thread-safe, but for [#serve], which belongs to the context of the socket.
public final class Subscribers {
    private static final Logger log = LoggerFactory.getLogger(Subscribers.class);

    private final Vertx vertx;
    private final Desk.Shared shared;
    private final Map<Executor, Desk> desks = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean draining;

    /// Whether another one may subscribe.
    public enum Room {
        /// He may: a place is taken for him.
        TAKEN,
        /// There are as many as there may be.
        FULL,
        /// The replica stops.
        DRAINING
    }

    /// @param replica the id of this one
    /// @param workers where reads may block on the disk; as many at once as there are subscribers
    public Subscribers(Vertx vertx, EventReader reader, String replica, StreamSettings settings, Executor workers,
            MeterRegistry registry) {
        this.vertx = vertx;
        StreamMeters meters = new StreamMeters(registry, count::get,
                () -> desks.values().stream().mapToLong(Desk::lag).max().orElse(0));
        this.shared = new Desk.Shared(reader, replica, settings, workers, meters, new SharedDeflate());
    }

    /// The log that is followed.
    public EventReader reader() {
        return shared.reader();
    }

    /// The bounds.
    public StreamSettings settings() {
        return shared.settings();
    }

    /// How many places are taken.
    public int count() {
        return count.get();
    }

    /// Takes a place, which has to be used or given back.
    public Room take() {
        if (draining) {
            return Room.DRAINING;
        }
        if (count.incrementAndGet() > shared.settings().max()) {
            count.decrementAndGet();
            return Room.FULL;
        }
        return Room.TAKEN;
    }

    /// Gives a place back that was not used.
    public void giveBack() {
        count.decrementAndGet();
    }

    /// Serves a WebSocket that was just opened, for whom a place was taken.
    ///
    /// @param deflates whether permessage-deflate was negotiated, without context takeover
    /// @param closed called once, when the connection is gone
    public void serve(WebSocketChannel socket, boolean deflates, Subscription subscription, Identity who,
            Runnable closed) {
        serve(socket.channel(), closed, (desk, gone) -> desk.serve(socket, deflates, subscription, who, gone));
    }

    /// Serves the body of a response as server-sent events, for whom a place was taken. Its head was given already.
    ///
    /// @param channel of the response; it is closed at the end
    /// @param closed called once, when the connection is gone
    public void serve(WriteStream<Buffer> body, Channel channel, Subscription subscription,
            Identity who, Runnable closed) {
        serve(channel, closed, (desk, gone) -> desk.serve(body, channel, subscription, who, gone));
    }

    private void serve(Channel channel, Runnable closed, BiConsumer<Desk, Runnable> seat) {
        Desk desk = desk();
        Runnable gone = leaving(closed);
        try {
            seat.accept(desk, gone);
        } catch (Throwable e) {
            // mostly it was closed meanwhile, and there is nothing of it to listen to
            log.info("events.serve.failed open={} error=\"{}\"", channel.isActive(), e.toString());
            gone.run();
            var _ = channel.close();
        }
        if (draining) {
            // a desk that is newer than the drain was not told
            desk.end(each -> true, End.DRAIN);
        }
    }

    private Runnable leaving(Runnable closed) {
        AtomicBoolean left = new AtomicBoolean();
        return () -> {
            if (left.compareAndSet(false, true)) {
                count.decrementAndGet();
                closed.run();
            }
        };
    }

    /// One for each event loop, whatever context of it calls.
    private Desk desk() {
        Context context = vertx.getOrCreateContext();
        return desks.computeIfAbsent(((ContextInternal) context).nettyEventLoop(),
                loop -> new Desk(shared, new VertxLoop(vertx, context)));
    }

    /// Ends the subscriptions of those who may not see events any more.
    public void revoke(Predicate<Identity> whose) {
        desks.values().forEach(desk -> desk.loop().execute(() -> desk.end(whose, End.FORBIDDEN)));
    }

    /// Takes no more subscribers and ends all, each with its place to go on from.
    ///
    /// @param time after which those are closed at once that are still open
    /// @return done when none is open
    public CompletionStage<Void> drain(Duration time) {
        draining = true;
        List<CompletableFuture<Void>> all = new ArrayList<>();
        desks.values().forEach(desk -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            all.add(done);
            desk.loop().execute(() -> {
                var _ = desk.drain(time).thenRun(() -> done.complete(null));
            });
        });
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }
}
