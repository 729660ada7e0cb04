package io.sandgate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.FieldLines;
import org.jspecify.annotations.Nullable;

/// The body of a message of HTTP/1.1 as frames of a stream: data without what frames it, and the trailers. Confined to the
/// stream's event loop.
final class BodyFrames {
    private final BodyFramer framer = new BodyFramer();
    private final FieldLines trailers;

    /// @param trailers those that were read last: of whichever stream that was
    BodyFrames(FieldLines trailers) {
        this.trailers = trailers;
    }

    /// To be told how the body is framed.
    BodyFramer framer() {
        return framer;
    }

    /// Writes what there is of it. The last frame ends the stream.
    ///
    /// @return the last frame's future, or null when it is still to come
    @Nullable
    ChannelFuture write(ChannelHandlerContext context, ByteBuf in) {
        ByteBuf data = null;
        for (int bytes = framer.nextData(in); bytes > 0; bytes = framer.nextData(in)) {
            if (data != null) {
                ChannelFuture _ = context.write(new DefaultHttp2DataFrame(data), context.voidPromise());
            }
            data = in.readRetainedSlice(bytes);
            framer.dataRead(bytes);
        }
        boolean trailed = framer.takeTrailers(trailers) && trailers.size() > 0;
        boolean ends = framer.isComplete() && !trailed;
        ChannelPromise promise = framer.isComplete() ? context.newPromise() : null;
        if (ends && promise != null) {
            return context.write(new DefaultHttp2DataFrame(data == null ? Unpooled.EMPTY_BUFFER : data, true), promise);
        }
        if (data != null) {
            ChannelFuture _ = context.write(new DefaultHttp2DataFrame(data), context.voidPromise());
        }
        return promise == null
                ? null
                : context.write(new DefaultHttp2HeadersFrame(Fields.trailers(trailers), true), promise);
    }
}
