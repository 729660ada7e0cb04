package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.FieldLines;

/// A request for the lifecycle API on its way to the HTTP server behind in the pipeline, byte for byte and no further than its
/// end. Confined to the client's event loop.
final class LifecycleRequest implements Stage {
    private final ClientRequests requests;
    private final ChannelHandlerContext context;
    private final BodyFramer body;
    private final FieldLines trailers;
    private long taken;
    private boolean passed;
    private boolean answered;
    private boolean close;

    /// @param context of the handler before the server
    /// @param body the framing of the body that follows
    /// @param trailers to read with
    LifecycleRequest(ClientRequests requests, ChannelHandlerContext context, BodyFramer body, FieldLines trailers) {
        this.requests = requests;
        this.context = context;
        this.body = body;
        this.trailers = trailers;
    }

    void pass(ByteBuf bytes) {
        passed = true;
        context.fireChannelRead(bytes);
    }

    @Override
    public boolean take(ByteBuf in) {
        if (body.isComplete()) {
            return false;
        }
        int from = in.readerIndex();
        int end = body.advance(in);
        taken += in.readerIndex() - from;
        if (end > from) {
            pass(in.retainedSlice(from, end - from));
        }
        if (body.takeTrailers(trailers)) {
            // without them, so that the server cannot see their end elsewhere
            ByteBuf last = context.alloc().buffer(2);
            body.writeTrailers(trailers, (lines, line) -> false, last);
            pass(last);
        }
        requests.lifecycleProgressed(this);
        return !body.isBroken();
    }

    /// Tells the server that no more has arrived, if it was given something.
    @Override
    public void flush() {
        if (passed) {
            passed = false;
            context.fireChannelReadComplete();
        }
    }

    /// Otherwise the server says when to read.
    @Override
    public void steer(Line client, int waiting) {
        if (waiting >= MOST_WAITING) {
            client.stopReads();
        }
    }

    @Override
    public long bodyTaken() {
        return body.isComplete() || answered || !context.channel().config().isAutoRead() ? NO_BODY : taken;
    }

    @Override
    public void refuseSlowBody() {
        requests.refuseSlowBody(false);
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
