package io.sandgate.proxy.forward;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// The last handler of a stream of HTTP/2: passes a request for the lifecycle API on to its server, over a connection of its
/// own, so that calls which take their time do not wait for each other. Confined to the stream's event loop.
final class LifecycleRelay extends ChannelInboundHandlerAdapter {

    /// Where the lifecycle API is served over HTTP/1.1 without TLS: on loopback.
    ///
    /// @param bootstrap for connections on the streams' event loop
    /// @param clients tell the server from where a request comes
    record Server(Bootstrap bootstrap, SocketAddress address, RelayedClients clients) {}

    private final Server server;
    private @Nullable Channel connection;
    private @Nullable ByteBuf waiting;
    private boolean connecting;
    private boolean closed;

    LifecycleRelay(Server server) {
        this.server = server;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        Channel to = connection;
        if (to != null) {
            ChannelFuture _ = to.write(bytes, to.voidPromise());
            context.channel().config().setAutoRead(to.isWritable());
            return;
        }
        ByteBuf before = waiting;
        waiting = before == null
                ? bytes
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), before, bytes);
        if (!connecting) {
            connecting = true;
            connect(context);
        }
    }

    private void connect(ChannelHandlerContext context) {
        server.bootstrap().clone().handler(new Answers(context)).connect(server.address()).addListener(result -> {
            ChannelFuture connected = (ChannelFuture) result;
            if (!connected.isSuccess()) {
                ChannelFuture _ = context.close();
            } else if (closed) {
                ChannelFuture _ = connected.channel().close();
            } else {
                connection = connected.channel();
                server.clients().begun(connected.channel(), context.channel().remoteAddress());
                ByteBuf first = waiting;
                if (first != null) {
                    waiting = null;
                    ChannelFuture _ = connected.channel().writeAndFlush(first);
                }
            }
        });
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        Channel to = connection;
        if (to != null) {
            to.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Channel from = connection;
        if (from != null) {
            from.config().setAutoRead(context.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        Channel open = connection;
        if (open != null) {
            ChannelFuture _ = open.close();
        }
        ByteBuf rest = waiting;
        if (rest != null) {
            waiting = null;
            rest.release();
        }
    }

    /// What the server sends goes to the stream.
    private static final class Answers extends ChannelInboundHandlerAdapter {
        private final ChannelHandlerContext stream;
        private boolean broken;

        Answers(ChannelHandlerContext stream) {
            this.stream = stream;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ChannelFuture _ = stream.write(message, stream.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            stream.flush();
            context.channel().config().setAutoRead(stream.channel().isWritable());
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            stream.channel().config().setAutoRead(context.channel().isWritable());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (broken) {
                ChannelFuture _ = stream.close();
            } else {
                // the end of what is written: a WebSocket has no other
                stream.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            broken = true;
            ChannelFuture _ = context.close();
        }
    }
}
