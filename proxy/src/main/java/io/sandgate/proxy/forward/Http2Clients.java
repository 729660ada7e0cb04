package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.sandgate.proxy.http2.ClientStream;
import io.sandgate.proxy.http2.StreamScratch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;

/// The clients of one event loop that speak HTTP/2. Confined to that event loop.
final class Http2Clients {
    /// What one stream may have on the way towards a sandbox that does not take it.
    private static final int WINDOW = 256 * 1024;
    private static final int MOST_STREAMS = 128;
    /// Requests that a client gives up again, in a window of [#RESET_SECONDS]: "rapid reset" is CVE-2023-44487.
    private static final int MOST_RESETS = 400;
    private static final int RESET_SECONDS = 10;

    private final LoopResources loop;
    private final IdleClients idle;
    private final LifecycleRelay.Server lifecycle;
    private final StreamScratch scratch;
    private final Set<Http2Client> clients = new HashSet<>();

    Http2Clients(LoopResources loop, IdleClients idle, LifecycleRelay.Server lifecycle, StreamScratch scratch) {
        this.loop = loop;
        this.idle = idle;
        this.lifecycle = lifecycle;
        this.scratch = scratch;
    }

    /// Takes a connection over that turned out to speak HTTP/2.
    ///
    /// @param place of the handler that found that out, and which this removes
    /// @param read what it read
    void take(ChannelHandlerContext place, ByteBuf read) {
        Http2FrameCodec codec = codec();
        Http2Client client = new Http2Client(loop, this, codec);
        RequestDecision decision = new RequestDecision(loop.addressing());
        ChannelHandler streams = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                client.begun(stream.closeFuture());
                ChannelOptions.configureStream(stream);
                stream.pipeline().addLast(
                        new ClientStream(scratch, () -> loop.metrics().refused(Refusal.Reason.MALFORMED)),
                        ClientConnection.ofStream(loop, idle, decision, lifecycle));
            }
        };
        ChannelPipeline pipeline = place.pipeline();
        pipeline.addAfter(place.name(), "http2-guard", client.guard());
        pipeline.addAfter("http2-guard", "http2-codec", codec);
        pipeline.addAfter("http2-codec", "http2-streams", new Http2MultiplexHandler(streams));
        pipeline.addAfter("http2-streams", "http2-client", client);
        client.start();
        place.fireChannelRead(read);
        pipeline.remove(place.name());
    }

    private Http2FrameCodec codec() {
        ForwardSettings settings = loop.settings();
        return Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings().initialWindowSize(WINDOW)
                        .maxConcurrentStreams(MOST_STREAMS).connectProtocolEnabled(true)
                        .maxHeaderListSize(settings.clients().maxRequestLine() + settings.clients().maxHeaderSize()))
                .headerSensitivityDetector(ClientStream.SENSITIVE).validateHeaders(true)
                .decoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_SECONDS).gracefulShutdownTimeoutMillis(0)
                .build();
    }

    void add(Http2Client client) {
        clients.add(client);
        idle.add(client);
    }

    void remove(Http2Client client) {
        clients.remove(client);
        idle.remove(client);
    }

    void drain() {
        new ArrayList<>(clients).forEach(Http2Client::drain);
    }
}
