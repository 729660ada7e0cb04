package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.vertx.core.net.impl.ShutdownEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client's connection to the public listener, before the HTTP server of the lifecycle API in its pipeline: gives what the
/// client sends to the present stage, as far and as fast as that takes it. Confined to its event loop.
final class ClientConnection extends ChannelDuplexHandler implements IdleClients.Client {

    private final LoopResources loop;
    private final IdleClients idle;
    private final RequestDecision decision;
    private final @Nullable Consumer<ByteBuf> http2;
    private final LifecycleRelay.@Nullable Server lifecycle;
    private final BodyPace pace;
    private ChannelHandlerContext context;
    private Line line;
    private ClientRequests requests;
    private Stage stage;
    /// What was read and could not be used yet.
    private @Nullable ByteBuf pending;
    private boolean working;
    private boolean reading;
    private boolean active;
    private long lastActive;

    @SuppressWarnings("NullAway.Init") // the rest is set when it is added to its pipeline, before any event
    private ClientConnection(LoopResources loop, IdleClients idle, RequestDecision decision,
            @Nullable Consumer<ByteBuf> http2, LifecycleRelay.@Nullable Server lifecycle) {
        this.loop = loop;
        this.idle = idle;
        this.decision = decision;
        this.http2 = http2;
        this.lifecycle = lifecycle;
        this.pace = new BodyPace(loop.settings().clients());
        this.lastActive = loop.nanoTime().getAsLong();
    }

    /// A connection over TCP.
    ///
    /// @param http2 takes what a client of HTTP/2 has sent, and the connection's place in its pipeline
    static ClientConnection ofConnection(LoopResources loop, IdleClients idle, Consumer<ByteBuf> http2) {
        return new ClientConnection(loop, idle, new RequestDecision(loop.addressing()), http2, null);
    }

    /// A stream of HTTP/2, which reads like a connection.
    ///
    /// @param decision of the connection that the stream is on
    /// @param lifecycle where the lifecycle API is
    static ClientConnection ofStream(LoopResources loop, IdleClients idle, RequestDecision decision,
            LifecycleRelay.Server lifecycle) {
        return new ClientConnection(loop, idle, decision, null, lifecycle);
    }

    Channel channel() {
        return context.channel();
    }

    /// The place in the pipeline that the lifecycle API is behind. Few streams ask for it, so it is put there for those.
    ChannelHandlerContext lifecycle() {
        LifecycleRelay.Server server = lifecycle;
        if (server != null) {
            context.pipeline().addLast(new LifecycleRelay(server));
        }
        return context;
    }

    /// Whether it is a stream of HTTP/2, on which nothing comes after its request but what belongs to it.
    boolean isStream() {
        return lifecycle != null;
    }

    /// The server behind this handler has agreed to speak another protocol.
    void lifecycleUpgraded() {
        if (stage instanceof LifecycleRequest) {
            stage.flush();
            turnTo(new LifecycleUpgrade(context));
            work();
        }
    }

    /// Lets the server behind close the connection.
    void shutDown(ShutdownEvent event) {
        context.fireUserEventTriggered(event);
    }

    Line line() {
        return line;
    }

    ClientRequests requests() {
        return requests;
    }

    /// What was read and not used yet, if there is any.
    @Nullable
    ByteBuf waiting() {
        return pending;
    }

    /// The next bytes are for another stage.
    void turnTo(Stage next) {
        stage = next;
    }

    /// The server behind this handler has written the end of its answer.
    ///
    /// @param close whether the client was told that its connection will be closed
    void lifecycleAnswered(boolean close) {
        if (stage instanceof LifecycleRequest served) {
            requests.lifecycleAnswered(served, close);
        }
    }

    // ---- who looks whether it is idle

    /// Something came, or was sent.
    void active() {
        active = true;
    }

    @Override
    public long lastActive(long now) {
        if (active) {
            active = false;
            lastActive = now;
        }
        return lastActive;
    }

    @Override
    public boolean isSlow(long now) {
        return requests.isHeadLate(now) || pace.isTooSlow(stage, now);
    }

    @Override
    public void closeIdle() {
        line.close();
    }

    @Override
    public void refuseSlow(long now) {
        if (requests.isHeadLate(now)) {
            requests.refuseLateHead();
        } else {
            stage.refuseSlowBody();
        }
    }

    @Override
    public void endTunnel() {
        if (stage instanceof Tunnel open) {
            open.drained();
        }
    }

    // ---- the channel

    @Override
    public void handlerAdded(ChannelHandlerContext place) {
        context = place;
        line = new Line(place.channel(), place);
        requests = new ClientRequests(loop, this, decision, http2 == null ? null : this::leaveTo);
        stage = requests;
        idle.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        active = true;
        reading = true;
        ByteBuf in = (ByteBuf) message;
        ByteBuf before = pending;
        if (before == null && stage.takeWhole(in)) {
            stage.steer(line, 0);
            return;
        }
        pending = before == null
                ? in
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(channel().alloc(), before, in);
        work();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        reading = false;
        stage.flush();
    }

    /// Gives the present stage what was read, as far as it takes that now.
    void work() {
        if (working) {
            return;
        }
        working = true;
        boolean more = true;
        while (more) {
            ByteBuf in = pending;
            more = in != null && in.isReadable() && stage.take(in);
        }
        working = false;
        int waiting = pending == null ? 0 : pending.readableBytes();
        if (waiting == 0) {
            releasePending();
        }
        stage.steer(line, waiting);
        if (!reading) {
            // otherwise all that is being read leaves together
            stage.flush();
        }
    }

    private void releasePending() {
        ByteBuf in = pending;
        if (in != null) {
            pending = null;
            in.release();
        }
    }

    /// Leaves this place in the pipeline to HTTP/2.
    private void leaveTo(ByteBuf in) {
        Consumer<ByteBuf> taker = http2;
        if (taker != null) {
            pending = null;
            idle.remove(this);
            taker.accept(in);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        stage.clientWritabilityChanged();
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
        if (event instanceof ShutdownEvent last && stage.isForSandbox()) {
            // the server behind this handler believes that nothing is going on
            requests.shutDownAfterwards(last);
        } else if (!stage.takeEvent(event)) {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable error) {
        if (stage instanceof LifecycleRequest || stage instanceof LifecycleUpgrade) {
            context.fireExceptionCaught(error);
        } else {
            line.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        idle.remove(this);
        Stage last = stage;
        requests.end();
        last.clientGone();
        releasePending();
        context.fireChannelInactive();
    }

    @Override
    public void write(ChannelHandlerContext ignored, Object message, ChannelPromise promise) {
        active = true;
        var _ = context.write(message, promise);
    }
}
