package io.sandgate.proxy.forward;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;

/// What connections on both sides of the data plane have in common.
final class ChannelOptions {
    /// The most that is read at once: the more it is, the less a large body costs (docs/benchmarks.md).
    private static final int LONGEST_READ = 512 * 1024;
    /// How often one connection is read from before others have their turn. Only a read that filled its buffer is followed by
    /// another, so that the sandbox or client seldom finds no room to send to.
    private static final int MOST_READS = 4;
    private static final int FIRST_READ = 4 * 1024;
    private static final int SHORTEST_READ = 1024;
    /// Above the second, reading from the other side stops, until below the first.
    private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(64 * 1024, 256 * 1024);
    /// The same for one stream of many on a connection.
    private static final WriteBufferWaterMark WAITING_ON_STREAM = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

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
        stream.config().setWriteBufferWaterMark(WAITING_ON_STREAM);
    }

    private static AdaptiveRecvByteBufAllocator reads() {
        AdaptiveRecvByteBufAllocator reads = new AdaptiveRecvByteBufAllocator(SHORTEST_READ, FIRST_READ, LONGEST_READ);
        reads.maxMessagesPerRead(MOST_READS);
        return reads;
    }
}
