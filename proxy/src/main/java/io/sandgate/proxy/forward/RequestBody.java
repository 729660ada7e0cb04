package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.FieldLines;

/// The body of one request on its way from the client to the sandbox, byte for byte and no further than its end. Confined to
/// the client's event loop.
final class RequestBody {

    /// A body that is there with its head, and no longer than this, is copied behind it: one buffer is sent cheaper than two.
    private static final int SMALL = 8 * 1024;

    private final BodyFramer framer;
    private boolean touched;
    private long taken;

    /// @param framer that follows it
    RequestBody(BodyFramer framer) {
        this.framer = framer;
    }

    BodyFramer framer() {
        return framer;
    }

    boolean isComplete() {
        return framer.isComplete();
    }

    boolean isBroken() {
        return framer.isBroken();
    }

    /// Whether some of it has been passed on: the request cannot be sent anew.
    boolean isTouched() {
        return touched;
    }

    /// How many bytes of it have come.
    long taken() {
        return taken;
    }

    /// Passes on what there is of it.
    ///
    /// @param trailers to read with
    void pass(ByteBuf in, Line sandbox, FieldLines trailers) {
        touched = true;
        int from = in.readerIndex();
        int end = framer.advance(in);
        taken += in.readerIndex() - from;
        if (end > from) {
            sandbox.write(in.retainedSlice(from, end - from));
        }
        if (framer.takeTrailers(trailers)) {
            // they may say what the head must not, and no sandbox needs them
            ByteBuf last = sandbox.channel().alloc().directBuffer(2);
            framer.writeTrailers(trailers, (lines, line) -> false, last);
            sandbox.write(last);
        }
    }

    /// Passes on bytes that are all of it, and releases them.
    ///
    /// @return false when they are not, or may not be
    boolean passWhole(ByteBuf in, Line sandbox) {
        int bytes = in.readableBytes();
        if (bytes == 0 || framer.left() < bytes) {
            return false;
        }
        touched = true;
        taken += bytes;
        framer.dataRead(bytes);
        sandbox.write(in);
        return true;
    }

    /// Whether all of it is there, and little enough to be copied behind its head.
    boolean isSmall(ByteBuf waiting) {
        return framer.left() > 0 && framer.left() <= Math.min(waiting.readableBytes(), SMALL);
    }

    /// Copies what is small.
    void copy(ByteBuf waiting, ByteBuf out) {
        touched = true;
        int from = waiting.readerIndex();
        out.writeBytes(waiting, from, framer.advance(waiting) - from);
    }
}
