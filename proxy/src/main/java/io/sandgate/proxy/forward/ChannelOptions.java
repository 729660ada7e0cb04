package io.sandgate.proxy.forward;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;

/// What connections on both sides of the data plane have in common.
final class ChannelOptions {
    /// The most that is read at once: large bodies cost half of what they do with 64 KiB (docs/benchmarks.md).
    private static final int LONGEST_READ = 256 * 1024;
    private static final int FIRST_READ = 4 * 1024;
    private static final int SHORTEST_READ = 1024;
    /// Above the second, reading from the other side stops, until below the first.
    private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private ChannelOptions() {}

    /// For connections to sandboxes.
    static Bootstrap configure(Bootstrap bootstrap) {
        return bootstrap.option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, reads());
    }

    /// For a connection of a client.
    static void configure(Channel channel) {
        channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
        channel.config().setWriteBufferWaterMark(WAITING);
        channel.config().setRecvByteBufAllocator(reads());
    }

    /// For a stream of a client.
    static void configureStream(Channel stream) {
        stream.config().setAllocator(PooledByteBufAllocator.DEFAULT);
        stream.config().setWriteBufferWaterMark(WAITING);
    }

    private static AdaptiveRecvByteBufAllocator reads() {
        return new AdaptiveRecvByteBufAllocator(SHORTEST_READ, FIRST_READ, LONGEST_READ);
    }
}
