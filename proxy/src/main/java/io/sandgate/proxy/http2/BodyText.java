package io.sandgate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The body of a stream as the bytes that HTTP/1.1 has for it, for the handlers behind in the pipeline. Confined to the
/// stream's event loop.
final class BodyText {

    /// How its end can be told.
    enum Framing {
        /// There is none.
        NONE,
        /// Its length is in the head.
        COUNTED,
        /// It comes in chunks.
        CHUNKED,
        /// It is no body: another protocol, until its end.
        TUNNEL
    }

    private static final byte[] CHUNK_END = {'\r', '\n'};

    private final Http1Text text;
    private Framing framing = Framing.NONE;
    private boolean ended = true;

    /// @param text to write with
    BodyText(Http1Text text) {
        this.text = text;
    }

    /// The head has come.
    ///
    /// @param end whether it was the end as well
    void begin(Framing next, boolean end) {
        framing = next;
        ended = end;
    }

    boolean isEnded() {
        return ended;
    }

    /// Takes what comes behind the head, and drops what has no place there.
    ///
    /// @return false when it is malformed
    boolean take(ChannelHandlerContext context, Object frame) {
        return switch (frame) {
            case Http2HeadersFrame trailers when trailers.isEndStream() && !ended -> {
                ended = true;
                yield end(context, trailers.headers());
            }
            case Http2DataFrame data when !ended -> {
                ended = data.isEndStream();
                data(context, data.content());
                yield !ended || end(context, List.of());
            }
            default -> {
                ReferenceCountUtil.release(frame);
                yield true;
            }
        };
    }

    private void data(ChannelHandlerContext context, ByteBuf data) {
        if (!data.isReadable()) {
            data.release();
        } else if (framing == Framing.CHUNKED) {
            ByteBuf size = context.alloc().directBuffer(10);
            size.writeCharSequence(Integer.toHexString(data.readableBytes()), StandardCharsets.US_ASCII);
            context.fireChannelRead(size.writeBytes(CHUNK_END));
            context.fireChannelRead(data);
            context.fireChannelRead(context.alloc().directBuffer(2).writeBytes(CHUNK_END));
        } else {
            context.fireChannelRead(data);
        }
    }

    /// Hands the end on.
    ///
    /// @param trailers which only chunks have a place for
    /// @return false when they are malformed, and the body has no end
    boolean end(ChannelHandlerContext context, Iterable<Map.Entry<CharSequence, CharSequence>> trailers) {
        if (framing == Framing.CHUNKED) {
            text.begin().plain("0").end();
            for (Map.Entry<CharSequence, CharSequence> field : trailers) {
                text.field(field.getKey(), field.getValue());
            }
            if (text.isBroken()) {
                return false;
            }
            context.fireChannelRead(text.end().toBuffer(context.alloc()));
        } else if (framing == Framing.TUNNEL) {
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        return true;
    }

    /// How a message's body will be framed.
    ///
    /// @param end whether its head is also its end
    static Framing of(Http2Headers headers, boolean end) {
        if (end) {
            return Framing.NONE;
        }
        return headers.contains("content-length") ? Framing.COUNTED : Framing.CHUNKED;
    }
}
