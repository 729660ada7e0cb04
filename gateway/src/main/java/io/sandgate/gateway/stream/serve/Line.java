package io.sandgate.gateway.stream.serve;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import java.time.Duration;
import java.util.Objects;

/// The TCP connection of a subscriber, below Vert.x. Belongs to its event loop.
final class Line {
    private static final int LOW = 16 << 10;
    private static final int HIGH = 64 << 10;
    private static final int SEND_BUFFER = 64 << 10;
    /// The kernel takes no more than it can soon send: so what it takes tells of a slow peer while little has left.
    private static final long UNSENT = 16 << 10;

    private final ChannelHandlerContext context;
    /// What waited when it was last looked at, and how much of the first part of it had left.
    private long waiting;
    private long sentOfFirst;
    private long progressAt;
    private long movedAt;

    Line(Channel channel, long now) {
        // below the last handler, which may be that of Vert.x: a close there does not wait for what was written
        this.context = Objects.requireNonNull(channel.pipeline().lastContext(), "no handler");
        this.progressAt = now;
        this.movedAt = now;
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(LOW, HIGH));
        if (channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER);
            channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT);
        }
    }

    /// Has the kernel close the connection when the other side's kernel acknowledges nothing, or has no room, for so long.
    /// Without epoll it does so in its own time, which is about a quarter of an hour.
    void giveUpAfter(Duration time) {
        Channel channel = context.channel();
        if (channel.isActive()) {
            channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, Math.toIntExact(time.toMillis()));
        }
    }

    ChannelHandlerContext context() {
        return context;
    }

    boolean isFull() {
        return !context.channel().isWritable();
    }

    /// Looks how far the peer is; to be called often.
    void look(long now) {
        ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
        long waits = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        long sent = buffer == null ? 0 : buffer.currentProgress();
        boolean moved = waiting > 0 && (waits < waiting || sent != sentOfFirst);
        if (moved) {
            movedAt = now;
        }
        if (moved || waits == 0 || waiting == 0) {
            progressAt = now;
        }
        waiting = waits;
        sentOfFirst = sent;
    }

    /// When the peer last took something of what waited for it, or nothing did.
    long progressAt() {
        return progressAt;
    }

    /// When the peer last took something that had to wait for it.
    long movedAt() {
        return movedAt;
    }

    /// Calls back when the connection has room again, and once when it is closed, on its event loop.
    void watch(Runnable drained, Runnable closed) {
        context.pipeline().addBefore(context.name(), "events-room", new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext changed) {
                changed.fireChannelWritabilityChanged();
                if (changed.channel().isWritable()) {
                    drained.run();
                }
            }
        });
        context.channel().closeFuture().addListener(done -> closed.run());
    }

    /// Closes the connection at once, whatever waits to be written: a close that Vert.x does would wait for that first.
    void abort() {
        try {
            if (context.channel().isActive()) {
                // what the kernel has for a peer that does not read would stay there for minutes
                context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            }
        } finally {
            var _ = context.close();
        }
    }
}
