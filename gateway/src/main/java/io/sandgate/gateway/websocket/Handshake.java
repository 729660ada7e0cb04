package io.sandgate.gateway.websocket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.vertx.core.net.impl.VertxHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// Makes WebSockets of connections of the HTTP server (RFC 6455, section 4.2).
///
/// Implementation note: nothing of the HTTP server stays in the pipeline, so that its connection, the request and all that was
/// made for it are garbage: they are most of what a WebSocket that does nothing would otherwise keep. What the server does
/// with all its channels, which is to tell them that it shuts down and to close them in the end, needs none of that.
public final class Handshake {
    /// What a client may send in one frame. Whoever listens takes no more in a message either.
    private static final int MAX_FRAME = 4096;

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;
    private static final WebSocketDecoderConfig FRAMES = WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(MAX_FRAME).closeOnProtocolViolation(false).build();

    private Handshake() {}

    /// Whether this can be the `Sec-WebSocket-Key` of a request.
    public static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Answers a request without a body, and takes its connection from the HTTP server. To be called on the connection's event
    /// loop, while the request waits for its answer.
    ///
    /// @param channel of an HTTP/1.1 server
    /// @param key of the request
    /// @param headers what else is to be in the answer
    /// @return empty when the connection is gone
    public static Optional<WebSocketChannel> accept(Channel channel, String key,
            Iterable<Map.Entry<String, String>> headers) {
        if (!channel.eventLoop().inEventLoop()) {
            throw new IllegalStateException("thread: not that of the connection's event loop");
        }
        if (!channel.isActive()) {
            return Optional.empty();
        }
        FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.SWITCHING_PROTOCOLS);
        headers.forEach(header -> answer.headers().add(header.getKey(), header.getValue()));
        answer.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accepting(key));
        ChannelPipeline pipeline = channel.pipeline();
        WebSocketChannel opened = new WebSocketChannel(channel);
        pipeline.replace(VertxHandler.class, "websocket", opened);
        removeIfPresent(pipeline, ChunkedWriteHandler.class);
        // it would agree with the client on a compression that nobody here does
        removeIfPresent(pipeline, WebSocketServerExtensionHandler.class);
        // before the answer leaves: whoever held back what came behind the request passes it on then
        pipeline.replace(HttpRequestDecoder.class, "websocket-frames", new WebSocket13FrameDecoder(FRAMES));
        var _ = channel.writeAndFlush(answer);
        removeIfPresent(pipeline, HttpResponseEncoder.class);
        // the HTTP server may have stopped it
        channel.config().setAutoRead(true);
        return Optional.of(opened);
    }

    private static void removeIfPresent(ChannelPipeline pipeline, Class<? extends ChannelHandler> type) {
        ChannelHandler present = pipeline.get(type);
        if (present != null) {
            pipeline.remove(present);
        }
    }

    private static String accepting(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
