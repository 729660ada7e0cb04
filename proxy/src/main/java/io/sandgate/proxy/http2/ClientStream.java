package io.sandgate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.concurrent.PromiseNotifier;
import io.sandgate.proxy.http1.HeadEnd;
import io.sandgate.proxy.http1.ResponseHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stream of a client, as the HTTP/1.1 connection of a client that sends one request and takes one answer: the handlers
/// behind it read bytes and write bytes. Confined to the stream's event loop.
///
/// Written in order, an unreadable buffer stands for the end of what is written.
public final class ClientStream extends ChannelDuplexHandler {
    /// Says which fields a connection's compressor must not remember.
    public static final SensitivityDetector SENSITIVE = Fields.SENSITIVE;

    private final StreamScratch scratch;
    private final Runnable onMalformed;
    private final HeadEnd headEnd = new HeadEnd();
    private final BodyText request;
    private final BodyFrames answer;
    private @Nullable ByteBuf pending;
    /// The end of the answer or of what a tunnel sends, once it is written.
    private @Nullable ChannelFuture end;
    private boolean toHead;
    private boolean asked;
    private boolean answering;
    private boolean tunnel;

    /// @param onMalformed hears of a request that was malformed and refused
    public ClientStream(StreamScratch scratch, Runnable onMalformed) {
        this.scratch = scratch;
        this.onMalformed = onMalformed;
        this.request = new BodyText(scratch.text());
        this.answer = new BodyFrames(scratch.trailers());
    }

    // ---- the request

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        boolean whole = (!asked && message instanceof Http2HeadersFrame head)
                ? head(context, head)
                : request.take(context, message);
        if (!whole) {
            onMalformed.run();
            reset(context, Http2Error.PROTOCOL_ERROR);
        }
    }

    private boolean head(ChannelHandlerContext context, Http2HeadersFrame frame) {
        asked = true;
        Http2Headers headers = frame.headers();
        boolean end = frame.isEndStream();
        boolean upgrade = RequestText.protocol(headers) != null;
        toHead = "HEAD".contentEquals(String.valueOf(headers.method()));
        BodyText.Framing framing = upgrade ? BodyText.Framing.TUNNEL : BodyText.of(headers, end);
        request.begin(framing, end);
        if (!RequestText.write(headers, framing, scratch.text())) {
            return false;
        }
        context.fireChannelRead(scratch.text().toBuffer(context.alloc()));
        return !upgrade || !end || request.end(context, List.of());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame) {
            // what was sent before and not read yet is of no more use
            ChannelFuture _ = context.close();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        if (error instanceof Http2Exception) {
            // the codec says so to the client, and closes the stream
            onMalformed.run();
        } else {
            context.fireExceptionCaught(error);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ByteBuf rest = pending;
        if (rest != null) {
            pending = null;
            rest.release();
        }
        context.fireChannelInactive();
    }

    // ---- the answer

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        if (tunnel) {
            boolean last = !bytes.isReadable();
            ChannelFuture written = context.write(new DefaultHttp2DataFrame(bytes, last), promise);
            end = last ? written : end;
        } else if (!bytes.isReadable()) {
            bytes.release();
            ended(context).addListener(new PromiseNotifier<>(promise));
        } else {
            ByteBuf before = pending;
            pending = before == null
                    ? bytes
                    : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), before, bytes);
            take(context, pending);
            if (!promise.isVoid()) {
                promise.setSuccess();
            }
        }
    }

    private ChannelFuture ended(ChannelHandlerContext context) {
        ChannelFuture last = end;
        return last == null ? context.newSucceededFuture() : last;
    }

    private void take(ChannelHandlerContext context, ByteBuf in) {
        boolean whole = true;
        while (whole && !answering && in.isReadable()) {
            whole = head(context, in);
        }
        if (tunnel && in.isReadable()) {
            ChannelFuture _ = context.write(new DefaultHttp2DataFrame(in.readRetainedSlice(in.readableBytes())),
                    context.voidPromise());
        } else if (answering && end == null && in.isReadable()) {
            body(context, in);
        }
        if (!in.isReadable() || end != null) {
            pending = null;
            in.release();
        }
    }

    /// @return false when the head is not whole yet, or is none
    private boolean head(ChannelHandlerContext context, ByteBuf in) {
        ResponseHead head = scratch.response();
        int length = headEnd.isBegun() ? -1 : head.parseAtOnce(in);
        String wrong = null;
        if (length < 0) {
            length = headEnd.find(in);
            if (length < 0) {
                return false;
            }
            wrong = head.parse(in, length);
        }
        in.skipBytes(length);
        if (wrong != null || (head.status() >= 200 && head.frame(answer.framer(), toHead) != null)) {
            reset(context, Http2Error.INTERNAL_ERROR);
            return false;
        }
        tunnel = head.status() == 101;
        answering = tunnel || head.status() >= 200;
        boolean last = answering && !tunnel && answer.framer().isComplete();
        Http2Headers headers = Fields.response(head, tunnel ? 200 : head.status());
        if (tunnel) {
            headers.remove("sec-websocket-accept");
        }
        ChannelPromise promise = last ? context.newPromise() : context.voidPromise();
        ChannelFuture written = context.write(new DefaultHttp2HeadersFrame(headers, last), promise);
        if (last) {
            endWith(context, written);
        }
        return true;
    }

    private void body(ChannelHandlerContext context, ByteBuf in) {
        ChannelFuture last = answer.write(context, in);
        if (last != null) {
            endWith(context, last);
        } else if (answer.framer().isBroken()) {
            reset(context, Http2Error.INTERNAL_ERROR);
        }
    }

    /// Once the answer has left, the rest of the request is not wanted (RFC 9113, 8.1).
    private void endWith(ChannelHandlerContext context, ChannelFuture last) {
        end = last;
        if (!request.isEnded()) {
            last.addListener(written -> reset(context, Http2Error.NO_ERROR));
        }
    }

    /// Closed before the end of what is sent, the stream must not look as if that were all.
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (end == null && context.channel().isActive()) {
            ChannelFuture _ = context.write(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
        }
        ChannelFuture _ = context.close(promise);
    }

    private static void reset(ChannelHandlerContext context, Http2Error error) {
        if (context.channel().isActive()) {
            ChannelFuture _ = context.writeAndFlush(new DefaultHttp2ResetFrame(error));
            ChannelFuture _ = context.close();
        }
    }
}
