package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/// A connection that the server of the lifecycle API has upgraded: all that the client sends is the server's, who also says when to
/// read. Confined to the client's event loop.
final class LifecycleUpgrade implements Stage {
    private final ChannelHandlerContext context;
    private boolean passed;

    /// @param context of the handler before the server
    LifecycleUpgrade(ChannelHandlerContext context) {
        this.context = context;
    }

    @Override
    public boolean take(ByteBuf in) {
        return takeWhole(in.readRetainedSlice(in.readableBytes()));
    }

    @Override
    public boolean takeWhole(ByteBuf bytes) {
        passed = true;
        context.fireChannelRead(bytes);
        return true;
    }

    @Override
    public void flush() {
        if (passed) {
            passed = false;
            context.fireChannelReadComplete();
        }
    }

    @Override
    public void steer(Line client, int waiting) {}
}
