package io.sandgate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Watches the frames of a client before they are decoded: how many come that carry nothing, how long the fields of a
/// message take, and when the connection was last used. Confined to its event loop.
///
/// Floods of resets, of empty data and of queued acknowledgements are the codec's to refuse. This adds one bound for all
/// frames that cost a reader more than their sender: PING, SETTINGS, PRIORITY, WINDOW_UPDATE, RST_STREAM, CONTINUATION, empty
/// DATA and those of unknown types. Each KiB that the client was sent covers one, since who takes much says so often.
public final class FrameGuard extends ChannelDuplexHandler {
    /// So many frames of this sort may come in [#WINDOW_NANOS]: more than a client needs that measures its window with pings.
    public static final int MOST = 10_000;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int COVERS = 1024;
    private static final int PREFACE = 24;
    private static final int HEADER = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;

    private final LongSupplier nanoTime;
    private final Runnable onFlood;
    private long active;
    private long windowSince;
    private int frames;
    /// Bytes that were sent and cover no frame yet.
    private long sent;
    /// Bytes of the present frame's payload, or of the preface, that are still to come.
    private int left = PREFACE;
    /// Bytes of the next frame's header that were read, and what they say.
    private int seen;
    private int length;
    private int type;
    private int flags;
    private boolean open;
    private long openSince;
    private boolean flooded;

    /// @param onFlood hears once that there were too many
    public FrameGuard(LongSupplier nanoTime, Runnable onFlood) {
        this.nanoTime = nanoTime;
        this.onFlood = onFlood;
        this.active = nanoTime.getAsLong();
        this.windowSince = active;
    }

    /// When something last came or was sent.
    public long lastActive() {
        return active;
    }

    /// Whether a part of a message's fields is there, and not the whole.
    public boolean isOpen() {
        return open;
    }

    /// When that part began to come.
    public long openSince() {
        return openSince;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        active = nanoTime.getAsLong();
        watch((ByteBuf) message);
        if (flooded) {
            ((ByteBuf) message).release();
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        active = nanoTime.getAsLong();
        sent += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        var _ = context.write(message, promise);
    }

    private void watch(ByteBuf in) {
        int at = in.readerIndex();
        int to = in.writerIndex();
        while (at < to && !flooded) {
            if (left > 0) {
                int passed = Math.min(left, to - at);
                left -= passed;
                at += passed;
                if (left == 0) {
                    ends();
                }
            } else {
                header(in.getUnsignedByte(at++));
            }
        }
    }

    /// Length in three octets, type, flags, and four octets of the stream.
    private void header(int octet) {
        switch (seen++) {
            case 0 -> length = octet;
            case 1, 2 -> length = length << 8 | octet;
            case 3 -> type = octet;
            case 4 -> flags = octet;
            case HEADER - 1 -> {
                seen = 0;
                left = length;
                begins();
            }
            default -> {
            }
        }
    }

    private void begins() {
        if ((type == HEADERS || type == CONTINUATION) && !open) {
            open = true;
            openSince = active;
        }
        if (type != HEADERS && (type != DATA || length == 0)) {
            count();
        }
        if (left == 0) {
            ends();
        }
    }

    private void ends() {
        if ((type == HEADERS || type == CONTINUATION) && (flags & END_HEADERS) != 0) {
            open = false;
        }
    }

    private void count() {
        if (sent >= COVERS) {
            sent -= COVERS;
            return;
        }
        if (active - windowSince > WINDOW_NANOS) {
            windowSince = active;
            frames = 0;
        }
        if (++frames > MOST) {
            flooded = true;
            onFlood.run();
        }
    }
}
