package io.sandgate.proxy.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.sandgate.proxy.http2.ClientStream;
import io.sandgate.proxy.http2.SandboxStream;
import io.sandgate.proxy.http2.StreamScratch;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A connection of HTTP/2 to one port of one life of a sandbox, on which many requests go at once. Confined to its event
/// loop.
final class SharedConnection extends ChannelInboundHandlerAdapter {
    /// What one stream may have on the way to a client that does not take it.
    private static final int WINDOW = 256 * 1024;
    /// Until the sandbox says how many it takes (RFC 9113, 6.5.2, recommends no fewer).
    private static final int FIRST_STREAMS = 100;

    private final Channel channel;
    private final Http2FrameCodec codec;
    private final Http2StreamChannelBootstrap streamBootstrap;
    private final Duration keep;
    private int streams;
    private boolean settled;
    private boolean used;
    private boolean leaving;
    private @Nullable ScheduledFuture<?> idle;

    /// @param scheme `http`, or `https` over TLS
    /// @param keep how long it is kept without a stream
    SharedConnection(Channel channel, String scheme, StreamScratch scratch, Duration keep) {
        this.channel = channel;
        this.keep = keep;
        this.codec = Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings().initialWindowSize(WINDOW).pushEnabled(false))
                .headerSensitivityDetector(ClientStream.SENSITIVE).validateHeaders(true)
                .gracefulShutdownTimeoutMillis(0).build();
        channel.pipeline().addLast(codec, new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()), this);
        this.streamBootstrap = new Http2StreamChannelBootstrap(channel).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                ChannelOptions.configureStream(stream);
                stream.pipeline().addLast(new SandboxStream(scratch, scheme));
            }
        });
    }

    /// Whether one more request can go on it.
    boolean hasRoom() {
        int most = settled ? codec.connection().local().maxActiveStreams() : FIRST_STREAMS;
        return !leaving && channel.isActive() && streams < most;
    }

    /// Whether a request has gone on it before.
    boolean isUsed() {
        return used;
    }

    /// Opens a stream, which must not be done without room.
    ///
    /// @param opened takes it, or null when the connection broke meanwhile
    void open(Consumer<@Nullable Channel> opened) {
        streams++;
        used = true;
        ScheduledFuture<?> closing = idle;
        if (closing != null) {
            closing.cancel(false);
            idle = null;
        }
        streamBootstrap.open().addListener((Future<Channel> result) -> {
            if (result.isSuccess()) {
                result.getNow().closeFuture().addListener(closed -> ended());
                opened.accept(result.getNow());
            } else {
                ended();
                opened.accept(null);
            }
        });
    }

    private void ended() {
        streams--;
        if (streams == 0 && leaving) {
            close();
        } else if (streams == 0) {
            idle = channel.eventLoop().schedule(this::close, keep.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void close() {
        ChannelFuture _ = channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        if (frame instanceof Http2SettingsFrame) {
            settled = true;
        } else if (frame instanceof Http2GoAwayFrame) {
            leaving = true;
        }
        ReferenceCountUtil.release(frame);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        close();
    }
}
