package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.socket.DuplexChannel;

/// One side of an exchange: a TCP connection that is written to, and whose reading follows how fast the other side takes it.
/// Confined to the connection's event loop.
final class Line {
    private final Channel channel;
    private final ChannelOutboundInvoker out;
    private boolean unflushed;

    /// @param out where in the channel's pipeline to write
    Line(Channel channel, ChannelOutboundInvoker out) {
        this.channel = channel;
        this.out = out;
    }

    Channel channel() {
        return channel;
    }

    /// Puts bytes behind what was written before; they leave at the next flush.
    void write(ByteBuf bytes) {
        ChannelFuture _ = out.write(bytes, out.voidPromise());
        // afterwards: a write that fills the connection can flush what was written before it, and a stream leaves this one out
        unflushed = true;
    }

    /// Sends what was written.
    void flush() {
        if (unflushed) {
            unflushed = false;
            out.flush();
        }
    }

    /// Whether the other side's bytes can be taken now. When too much waits it is sent first: mostly the connection takes it at
    /// once, and reading need not be stopped and started again for it.
    boolean takesMore() {
        if (!channel.isWritable()) {
            flush();
        }
        return channel.isWritable();
    }

    void stopReads() {
        channel.config().setAutoRead(false);
    }

    void startReads() {
        channel.config().setAutoRead(true);
    }

    /// Closes the connection when all that was written has left.
    void closeAfterWrites() {
        unflushed = false;
        ChannelFuture _ = out.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /// Tells the other side that nothing more will be sent, when all that was written has left.
    void endOutput() {
        unflushed = false;
        ChannelFuture _ = out.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (channel instanceof DuplexChannel duplex && channel.isActive()) {
                ChannelFuture _ = duplex.shutdownOutput();
            }
        });
    }

    /// From now on the end of what the other side sends does not close the connection.
    void allowHalfClosure() {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    /// From now on the end of what the other side sends closes the connection.
    void forbidHalfClosure() {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    }

    /// Closes the connection at once, whatever waits to be written.
    void close() {
        ChannelFuture _ = out.close();
    }

    /// Closes the connection at once, so that the other side sees an error.
    void reset() {
        if (channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        close();
    }
}
