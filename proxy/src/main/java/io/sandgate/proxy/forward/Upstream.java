package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One connection to one port of one life of a sandbox, or one stream on one. Leased by one lessee, or idle, or closed. Confined to its event loop.
final class Upstream extends ChannelInboundHandlerAdapter {

    /// What the lessee of a connection does with what comes over it. All calls come on its event loop.
    interface Reader {
        /// Takes bytes, and releases them.
        void read(ByteBuf bytes);

        /// All that had arrived has been read.
        void readComplete();

        /// The sandbox takes more again, or has stopped taking.
        void writabilityChanged();

        /// The sandbox will send nothing more, and still reads; only where half-closed connections were allowed.
        void inputEnded();

        /// The connection is closed.
        ///
        /// @param broken whether by an error, or the sandbox just closed it
        void closed(boolean broken);
    }

    private final UpstreamPools pools;
    private final LifePool life;
    private final int port;
    private final Channel channel;
    private final Line line;
    private final boolean shared;
    private final IdleConnections.Place place = new IdleConnections.Place();
    /// The present lessee, and what it does; null without a lease.
    private @Nullable Lessee lessee;
    private @Nullable Reader reader;
    private boolean reused;
    private boolean broken;
    private boolean closed;
    private long idleUntil;

    private Upstream(UpstreamPools pools, LifePool life, int port, Channel channel, Lessee lessee, boolean shared) {
        this.pools = pools;
        this.life = life;
        this.port = port;
        this.channel = channel;
        this.line = new Line(channel, channel);
        this.lessee = lessee;
        this.shared = shared;
        channel.pipeline().addLast("upstream", this);
    }

    /// A connection of its own.
    static Upstream ofConnection(UpstreamPools pools, LifePool life, int port, Channel connection, Lessee lessee) {
        return new Upstream(pools, life, port, connection, lessee, false);
    }

    /// A stream on a connection that is shared; it serves one request.
    static Upstream ofStream(UpstreamPools pools, LifePool life, int port, SharedConnections.Opened opened,
            Lessee lessee) {
        Upstream stream = new Upstream(pools, life, port, opened.stream(), lessee, true);
        stream.reused = opened.reused();
        return stream;
    }

    Line line() {
        return line;
    }

    /// From now on what comes goes to this reader.
    void readBy(Reader next) {
        reader = next;
    }

    /// Whether it served another request before this one.
    boolean isReused() {
        return reused;
    }

    /// Begins a lease.
    void leaseTo(Lessee next) {
        lessee = next;
    }

    /// Ends the lease after a complete exchange, and keeps the connection for the next one.
    void release(Duration keepFor) {
        if (shared) {
            discard();
        } else if (lessee != null) {
            endLease();
            line.startReads();
            pools.released(this, keepFor);
        }
    }

    /// Ends the lease and closes the connection, whatever is on it.
    void discard() {
        leave();
        close();
    }

    /// Ends the lease of a connection that closes by itself when what was written has left.
    void leave() {
        if (lessee != null) {
            endLease();
            pools.discarded(this);
        }
    }

    private void endLease() {
        lessee = null;
        reader = null;
    }

    LifePool life() {
        return life;
    }

    int port() {
        return port;
    }

    boolean isClosed() {
        return closed || !channel.isActive();
    }

    /// Where it is among those that are unused.
    IdleConnections.Place place() {
        return place;
    }

    long idleUntil() {
        return idleUntil;
    }

    void idleUntil(long nanos) {
        idleUntil = nanos;
        reused = true;
    }

    void sandboxGone() {
        Lessee present = lessee;
        if (present != null) {
            present.sandboxGone();
        }
        discard();
    }

    void close() {
        closed = true;
        ChannelFuture _ = channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Reader present = reader;
        if (present != null && message instanceof ByteBuf bytes) {
            present.read(bytes);
        } else {
            // nobody asked: what comes next on this connection cannot be told
            ReferenceCountUtil.release(message);
            close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        Reader present = reader;
        if (present != null) {
            present.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Reader present = reader;
        if (present != null) {
            present.writabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        Reader present = reader;
        if (present != null && event instanceof ChannelInputShutdownEvent) {
            present.inputEnded();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        broken = true;
        ChannelFuture _ = channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        Reader present = reader;
        if (present != null) {
            present.closed(broken);
        }
        pools.closed(this);
    }
}
