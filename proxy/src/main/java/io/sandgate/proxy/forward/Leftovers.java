package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sandgate.proxy.http1.BodyFramer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a client still sends and nobody wants: read and thrown away, so that a client which sends before it listens gets its
/// answer, up to a bound in bytes and time at which its connection is closed. Confined to its event loop.
final class Leftovers implements Stage {
    private static final int MOST = 256 * 1024;
    private static final long LONGEST_SECONDS = 5;

    private final EventLoop loop;
    private final Line line;
    private @Nullable ScheduledFuture<?> timer;
    private int skipped;

    /// @param line what they come over
    Leftovers(EventLoop loop, Line line) {
        this.loop = loop;
        this.line = line;
    }

    /// Whether the rest of a body is worth being read for the next request behind it.
    static boolean isSkippable(BodyFramer rest) {
        return rest.isComplete() || (rest.left() > 0 && rest.left() <= MOST);
    }

    /// What comes from now on is left over.
    void begin() {
        end();
        skipped = 0;
        timer = loop.schedule(line::close, LONGEST_SECONDS, TimeUnit.SECONDS);
    }

    /// What comes from now on is wanted again, or nothing comes any more.
    void end() {
        ScheduledFuture<?> running = timer;
        if (running != null) {
            timer = null;
            running.cancel(false);
        }
    }

    /// Throws away what there is of a body.
    void skip(ByteBuf in, BodyFramer body) {
        int from = in.readerIndex();
        body.advance(in);
        skipped(in.readerIndex() - from, body.isBroken());
    }

    /// As a stage, throws away whatever there is: the connection is about to be closed.
    @Override
    public boolean take(ByteBuf in) {
        int bytes = in.readableBytes();
        in.skipBytes(bytes);
        skipped(bytes, false);
        return false;
    }

    private void skipped(int bytes, boolean broken) {
        skipped += bytes;
        if (broken || skipped > MOST) {
            line.close();
        }
    }
}
