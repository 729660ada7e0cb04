package io.sandgate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.sandgate.proxy.http1.HeadEnd;
import io.sandgate.proxy.http1.RequestHead;
import org.jspecify.annotations.Nullable;

/// A stream to a sandbox, as the HTTP/1.1 connection of a server that takes one request and sends one answer: the handlers
/// behind it write bytes and read bytes. Confined to the stream's event loop.
public final class SandboxStream extends ChannelDuplexHandler {
    private final StreamScratch scratch;
    private final String scheme;
    private final HeadEnd headEnd = new HeadEnd();
    private final BodyText answer;
    private final BodyFrames request;
    private @Nullable ByteBuf pending;
    private boolean toHead;
    private boolean asked;
    private boolean requestEnded;
    private boolean answering;

    /// @param scheme `http`, or `https` over TLS
    public SandboxStream(StreamScratch scratch, String scheme) {
        this.scratch = scratch;
        this.scheme = scheme;
        this.answer = new BodyText(scratch.text());
        this.request = new BodyFrames(scratch.trailers());
    }

    // ---- the request

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        ByteBuf before = pending;
        ByteBuf in = before == null
                ? bytes
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), before, bytes);
        pending = in;
        if (!asked) {
            ask(context, in);
        }
        if (asked && !requestEnded && in.isReadable()) {
            requestEnded = request.write(context, in) != null;
        }
        if (!in.isReadable() || requestEnded) {
            pending = null;
            in.release();
        }
        if (!promise.isVoid()) {
            promise.setSuccess();
        }
    }

    private void ask(ChannelHandlerContext context, ByteBuf in) {
        int length = headEnd.find(in);
        if (length < 0) {
            return;
        }
        RequestHead head = scratch.request();
        if (head.parse(in, length) != null || !head.frame(request.framer())) {
            throw new IllegalStateException("a request that was read before cannot be read again");
        }
        in.skipBytes(length);
        asked = true;
        toHead = head.isMethod("HEAD");
        requestEnded = request.framer().isComplete();
        ChannelFuture _ = context.write(new DefaultHttp2HeadersFrame(Fields.request(head, scheme), requestEnded),
                context.voidPromise());
    }

    // ---- the answer

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        boolean whole = (!answering && message instanceof Http2HeadersFrame head)
                ? head(context, head)
                : answer.take(context, message);
        if (!whole) {
            ChannelFuture _ = context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
            ChannelFuture _ = context.close();
        }
    }

    private boolean head(ChannelHandlerContext context, Http2HeadersFrame frame) {
        Http2Headers headers = frame.headers();
        int status = ResponseText.status(headers);
        answering = status >= 200;
        boolean end = frame.isEndStream();
        if (status < 100 || status == 101 || (end && !answering)) {
            return false;
        }
        BodyText.Framing framing = !answering || toHead ? BodyText.Framing.NONE : BodyText.of(headers, end);
        answer.begin(framing, end || !answering);
        if (!ResponseText.write(headers, status, framing, answering && end && !toHead, scratch.text())) {
            return false;
        }
        context.fireChannelRead(scratch.text().toBuffer(context.alloc()));
        return true;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame reset && reset.errorCode() != Http2Error.NO_ERROR.code()) {
            // what was sent before and not read yet is of no more use; without an error it is all of the answer (RFC 9113, 8.1)
            ChannelFuture _ = context.close();
        }
        context.fireUserEventTriggered(event);
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
}
