package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;

/// Looks for the empty line that ends a head, through the pieces in which it arrives.
public final class HeadEnd {
    /// How many bytes from the reader index on were looked at without finding it.
    private int seen;

    /// Whether a part of the head was looked at before.
    public boolean isBegun() {
        return seen > 0;
    }

    /// Where the head ends: after its empty line, counted from the buffer's reader index; -1 when that has not come yet, and
    /// then the same bytes and more are expected at the next call.
    public int find(ByteBuf in) {
        int start = in.readerIndex();
        int to = in.writerIndex();
        int at = start + seen;
        while (at < to) {
            int lf = in.indexOf(at, to, Octets.LF);
            if (lf < 0) {
                break;
            }
            if (endsLine(in, start, lf)) {
                seen = 0;
                return lf + 1 - start;
            }
            at = lf + 1;
        }
        seen = to - start;
        return -1;
    }

    /// Whether the line that this LF ends is empty. A bare LF ends it too: it is refused later, and not waited for.
    private static boolean endsLine(ByteBuf in, int start, int lf) {
        int before = lf - 1;
        if (before >= start && in.getByte(before) == Octets.CR) {
            before--;
        }
        return before < start || in.getByte(before) == Octets.LF;
    }
}
