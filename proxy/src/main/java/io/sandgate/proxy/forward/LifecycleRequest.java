package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.FieldLines;

/// A request for the lifecycle API on its way to the HTTP server behind in the pipeline, byte for byte and no further than its
/// end. Confined to the client's event loop.
final class LifecycleRequest {
    private final ChannelHandlerContext context;
    private final BodyFramer body;
    private boolean passed;
    private boolean answered;
    private boolean close;

    /// @param body the framing of the body that follows
    LifecycleRequest(ChannelHandlerContext context, BodyFramer body) {
        this.context = context;
        this.body = body;
    }

    void pass(ByteBuf bytes) {
        passed = true;
        context.fireChannelRead(bytes);
    }

    /// Passes on what there is of the body.
    ///
    /// @return false when nothing can be taken
    boolean passBody(ByteBuf in, FieldLines trailers) {
        if (body.isComplete()) {
            return false;
        }
        int from = in.readerIndex();
        int end = body.advance(in);
        if (end > from) {
            pass(in.retainedSlice(from, end - from));
        }
        if (body.takeTrailers(trailers)) {
            // without them, so that the server cannot see their end elsewhere
            ByteBuf last = context.alloc().buffer(2);
            body.writeTrailers(trailers, (lines, line) -> false, last);
            pass(last);
        }
        return !body.isBroken();
    }

    /// Tells the server that no more has arrived, if it was given something.
    void passed() {
        if (passed) {
            passed = false;
            context.fireChannelReadComplete();
        }
    }

    /// The server has written the end of its answer.
    ///
    /// @param last whether the client was told that its connection will be closed
    void answered(boolean last) {
        answered = true;
        close = last;
    }

    boolean isBroken() {
        return body.isBroken();
    }

    /// Whether it is answered, and read to its end.
    boolean isOver() {
        return answered && body.isComplete();
    }

    /// Whether the connection is closed after it.
    boolean isLast() {
        return close;
    }
}
