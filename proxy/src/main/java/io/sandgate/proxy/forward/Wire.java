package io.sandgate.proxy.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.UnpooledHttpClientConnection;
import io.vertx.core.net.impl.ConnectionBase;

/// The TCP connection under an HTTP connection. Confined to the connection's event loop.
final class Wire {

    /*
     * Implementation notes.
     *
     * This is the one place that reaches below Vert.x's public interface. It does so for three things that a proxy needs
     * and the interface lacks:
     *
     * - Back-pressure that loses nothing. A paused Vert.x stream goes on reading for a while and parks what it read. When
     *   the sandbox closes its connection in that time, which is how many servers end an answer, an HTTP response fails
     *   although all of it had arrived, and a socket may end early. Reading is therefore stopped at the channel, and
     *   what was read is always delivered at once: the end of the stream is then read after the last byte was taken.
     *
     * - Closing at once. Vert.x closes a connection after what is queued for it was written, and so never when the other
     *   side does not read. An abort must not depend on that, and an answer that is delimited by the end of its
     *   connection must not look complete: `reset` sends an RST.
     *
     * - Ending one direction of a tunnel, and hearing that the other side did.
     */

    /// The name that Vert.x gives its handler on either side.
    private static final String VERTX_HANDLER = "handler";

    private final Channel channel;

    private Wire(Channel channel) {
        this.channel = channel;
    }

    /// The TCP connection of a server's or an unpooled client's HTTP/1.1 connection.
    static Wire of(HttpConnection connection) {
        Object actual = connection instanceof UnpooledHttpClientConnection unpooled ? unpooled.unwrap() : connection;
        if (actual instanceof ConnectionBase base) {
            return new Wire(base.channel());
        }
        throw new IllegalArgumentException("connection: " + connection + " (expected: one over TCP)");
    }

    void stopReads() {
        channel.config().setAutoRead(false);
    }

    void startReads() {
        channel.config().setAutoRead(true);
    }

    /// Closes the connection without waiting for what is queued.
    void close() {
        // from the head of the pipeline, where no handler can postpone it
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first != null) {
            ChannelFuture _ = first.close();
        }
    }

    /// Closes the connection so that the other side sees an error.
    void reset() {
        if (channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        close();
    }

    /// From now on the end of what the other side sends does not close the connection, but runs `ended`.
    void onInputEnd(Runnable ended) {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addBefore(VERTX_HANDLER, "input-end", new InputEnd(ended));
    }

    /// Tells the other side that nothing more will be sent; it must have been flushed.
    void endOutput() {
        if (channel instanceof DuplexChannel duplex && channel.isActive()) {
            ChannelFuture _ = duplex.shutdownOutput();
        }
    }

    /// Drops interim answers that Vert.x would take for final ones.
    void dropUnknownInterim() {
        channel.pipeline().addBefore(VERTX_HANDLER, "interim", new InterimFilter());
    }

    private static final class InputEnd extends ChannelInboundHandlerAdapter {
        private final Runnable ended;

        InputEnd(Runnable ended) {
            this.ended = ended;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ended.run();
            } else if (!(event instanceof ChannelInputShutdownReadComplete)) {
                context.fireUserEventTriggered(event);
            }
        }
    }
}
