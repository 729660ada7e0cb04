package io.sandgate.gateway.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.net.impl.ShutdownEvent;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A client's WebSocket after its handshake, and the last handler in its pipeline: answers pings, does the close handshake, and
/// tells a listener all else. Confined to its event loop.
///
/// What a client can make it queue is bounded: a pong only while there is room, and one close frame. Whoever listens has to
/// bound what else he sends, and how long a client may take that was told to close.
public final class WebSocketChannel extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(WebSocketChannel.class);
    private static final int GOING_AWAY = 1001;

    private final Channel channel;
    private @Nullable WebSocketListener listener;
    /// What came before there was a listener.
    private @Nullable List<WebSocketFrame> early;
    /// A close frame was sent, so nothing may follow.
    private boolean closing;
    /// What the client sends cannot be read any more, so it cannot answer a close frame either.
    private boolean broken;

    WebSocketChannel(Channel channel) {
        this.channel = channel;
    }

    /// The connection below.
    public Channel channel() {
        return channel;
    }

    /// Tells a listener from now on, also of what has come before.
    public void listen(WebSocketListener told) {
        listener = told;
        channel.closeFuture().addListener(done -> told.closed());
        List<WebSocketFrame> waiting = early;
        early = null;
        if (waiting != null) {
            waiting.forEach(frame -> take(frame, told));
        }
    }

    // ---- what is sent

    /// Sends whole frames, which are taken over.
    public void send(ByteBuf frames) {
        if (closing) {
            frames.release();
        } else {
            var _ = channel.writeAndFlush(frames, channel.voidPromise());
        }
    }

    /// Sends one text message.
    ///
    /// @return done when it has left, or never will
    public ChannelFuture text(String text) {
        return write(FrameBytes.text(channel.alloc(), text));
    }

    /// Asks the client whether it is there.
    ///
    /// @return done when the question has left, or never will
    public ChannelFuture ping() {
        return write(FrameBytes.ping(channel.alloc()));
    }

    private ChannelFuture write(ByteBuf frame) {
        if (closing) {
            frame.release();
            return channel.newFailedFuture(new ClosedChannelException());
        }
        return channel.writeAndFlush(frame);
    }

    /// Sends a close frame, after which nothing else is sent. The connection is closed when the client has answered it.
    public void close(int code, String reason) {
        if (!closing) {
            closing = true;
            ChannelFuture sent = channel.writeAndFlush(FrameBytes.close(channel.alloc(), code, reason));
            if (broken) {
                sent.addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    /// Closes the connection at once, whatever waits to be written.
    public void abort() {
        try {
            if (channel.isActive()) {
                // what the kernel has for a client that does not read would stay there for minutes
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
        } finally {
            var _ = channel.close();
        }
    }

    // ---- what comes

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof WebSocketFrame frame)) {
            // the end of the request, which was read together with its head
            ReferenceCountUtil.release(message);
            return;
        }
        WebSocketListener told = listener;
        if (told != null) {
            take(frame, told);
        } else {
            List<WebSocketFrame> waiting = early == null ? new ArrayList<>() : early;
            waiting.add(frame);
            early = waiting;
        }
    }

    private void take(WebSocketFrame frame, WebSocketListener told) {
        try {
            if (frame instanceof CloseWebSocketFrame) {
                closed(frame.content(), told);
            } else {
                told.received(frame);
                if (frame instanceof PingWebSocketFrame && !closing && channel.isWritable()) {
                    var _ = channel.write(FrameBytes.pong(channel.alloc(), frame.content()), channel.voidPromise());
                }
            }
        } finally {
            frame.release();
        }
    }

    private void closed(ByteBuf data, WebSocketListener told) {
        if (closing) {
            var _ = channel.close();
        } else {
            closing = true;
            channel.writeAndFlush(FrameBytes.closeAnswer(channel.alloc(), data))
                    .addListener(ChannelFutureListener.CLOSE);
            told.closing();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        // pongs
        channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        WebSocketListener told = listener;
        if (told != null && channel.isWritable()) {
            told.drained();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        WebSocketListener told = listener;
        if (event instanceof ShutdownEvent && told != null && !closing) {
            // whoever listens has said more to his clients by now; what is still open came later
            close(GOING_AWAY, "");
            told.closing();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        WebSocketListener told = listener;
        if (error instanceof CorruptedWebSocketFrameException frame && told != null && !closing && !broken) {
            broken = true;
            channel.config().setAutoRead(false);
            told.broken(frame.closeStatus().code());
            return;
        }
        if (error instanceof RuntimeException && !(error instanceof DecoderException)) {
            log.error("websocket.failed", error);
        }
        var _ = channel.close();
    }
}
