package io.sandgate.proxy.forward;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.util.ReferenceCountUtil;
import io.sandgate.proxy.http2.FrameGuard;
import io.vertx.core.net.impl.ShutdownEvent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client's connection of HTTP/2: what concerns it and not one of its streams. Confined to its event loop.
///
/// open -> draining -> last streams -> closed; anything -> closed.
final class Http2Client extends ChannelInboundHandlerAdapter implements IdleClients.Client {
    /// What all streams together may have on the way; one has its part of it by SETTINGS.
    private static final int WINDOW = 1024 * 1024;
    /// A client that hears of the end may have sent requests meanwhile: so long they are still taken (RFC 9113, 6.8).
    private static final long ROUND_TRIP_SECONDS = 1;

    private final LoopResources loop;
    private final Http2Clients clients;
    private final Http2FrameCodec codec;
    private final FrameGuard guard;
    private ChannelHandlerContext context;
    private @Nullable ShutdownEvent shutdown;
    private int streams;
    private boolean draining;
    private boolean last;

    @SuppressWarnings("NullAway.Init") // the rest is set when it is added to its pipeline, before any event
    Http2Client(LoopResources loop, Http2Clients clients, Http2FrameCodec codec) {
        this.loop = loop;
        this.clients = clients;
        this.codec = codec;
        this.guard = new FrameGuard(loop.nanoTime(), this::flooded);
    }

    FrameGuard guard() {
        return guard;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext place) {
        context = place;
    }

    /// All handlers are in their places.
    void start() {
        clients.add(this);
        Http2Connection connection = codec.connection();
        Http2LocalFlowController window = connection.local().flowController();
        try {
            window.incrementWindowSize(connection.connectionStream(),
                    WINDOW - window.windowSize(connection.connectionStream()));
        } catch (Http2Exception e) {
            throw new IllegalStateException("a connection without a window", e);
        }
        if (loop.draining().getAsBoolean()) {
            drain();
        }
    }

    /// A stream has begun.
    void begun(ChannelFuture closing) {
        streams++;
        closing.addListener(closed -> {
            streams--;
            closeIfLast();
        });
    }

    /// Tells the client to go elsewhere with the next request, and closes the connection when those that are on it are done.
    void drain() {
        if (draining) {
            return;
        }
        draining = true;
        ChannelFuture _ = context
                .writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
        var _ = loop.eventLoop().schedule(this::sayLast, ROUND_TRIP_SECONDS, TimeUnit.SECONDS);
    }

    private void sayLast() {
        if (context.channel().isActive()) {
            last = true;
            ChannelFuture _ = context.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            closeIfLast();
        }
    }

    private void closeIfLast() {
        if (!last || streams > 0) {
            return;
        }
        ShutdownEvent event = shutdown;
        if (event == null) {
            ChannelFuture _ = context.close();
        } else {
            shutdown = null;
            context.fireUserEventTriggered(event);
        }
    }

    private void flooded() {
        loop.metrics().refused(Refusal.Reason.MALFORMED);
        end(Http2Error.ENHANCE_YOUR_CALM);
    }

    private void end(Http2Error error) {
        var _ = context.writeAndFlush(new DefaultHttp2GoAwayFrame(error)).addListener(said -> {
            ChannelFuture _ = context.close();
        });
    }

    // ---- how slow it is

    @Override
    public long lastActive(long now) {
        return guard.lastActive();
    }

    @Override
    public boolean isSlow(long now) {
        return guard.isOpen() && now - guard.openSince() > loop.settings().clients().headTimeout().toNanos();
    }

    @Override
    public void closeIdle() {
        end(Http2Error.NO_ERROR);
    }

    @Override
    public void refuseSlow(long now) {
        loop.metrics().refused(Refusal.Reason.MALFORMED);
        end(Http2Error.ENHANCE_YOUR_CALM);
    }

    @Override
    public void endTunnel() {
        // tunnels are streams
    }

    // ---- what comes and is for no stream

    /// The server behind this handler speaks another protocol, and only hears of the connection's end.
    @Override
    public void channelRead(ChannelHandlerContext ignored, Object frame) {
        ReferenceCountUtil.release(frame);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        // nothing has been read for the server behind
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
        if (event instanceof ShutdownEvent end) {
            shutdown = end;
            drain();
            closeIfLast();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        clients.remove(this);
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable error) {
        if (error instanceof Http2Exception || error.getCause() instanceof Http2Exception) {
            // the codec says so to the client, and closes
            loop.metrics().refused(Refusal.Reason.MALFORMED);
        } else {
            ChannelFuture _ = context.close();
        }
    }
}
