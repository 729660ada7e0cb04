package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.sandgate.proxy.http1.HeadEnd;
import io.sandgate.proxy.http1.RequestHead;
import org.jspecify.annotations.Nullable;

/// Finds the heads of one client's requests in what it sends, and notes how long each has been coming. Confined to the
/// client's event loop.
final class HeadReader {

    /// What the next bytes are.
    enum Found {
        /// A head of which more must come first.
        PART,
        /// An empty line, which is read and counts for nothing (RFC 9112, 2.2).
        EMPTY_LINE,
        /// A head, [#length()] bytes long and not yet read from the buffer, whose parts [RequestHead] has.
        HEAD,
        /// No head: [#malformed()].
        MALFORMED,
        /// HTTP/2 (RFC 9113, 3.4).
        HTTP2
    }

    private final LoopResources loop;
    private final HeadEnd headEnd = new HeadEnd();
    /// Whether nothing has come that could not be the beginning of HTTP/2.
    private boolean first;
    private boolean begun;
    private long since;
    private int length;
    private RequestHead.@Nullable Malformed malformed;

    /// @param first whether HTTP/2 may be spoken instead
    HeadReader(LoopResources loop, boolean first) {
        this.loop = loop;
        this.first = first;
    }

    /// Whether a part of a head is there, and not the whole.
    boolean isBegun() {
        return begun;
    }

    /// When that part began to come.
    long since() {
        return since;
    }

    /// Nothing that comes from now on is a head.
    void end() {
        begun = false;
    }

    int length() {
        return length;
    }

    RequestHead.Malformed malformed() {
        RequestHead.Malformed found = malformed;
        if (found == null) {
            throw new IllegalStateException("a head that is well-formed");
        }
        return found;
    }

    /// Looks at what has come and is not read yet.
    Found read(ByteBuf in) {
        Preface preface = first ? Preface.of(in) : Preface.NONE;
        if (preface == Preface.BEGUN) {
            return part();
        }
        first = false;
        return preface == Preface.WHOLE ? Found.HTTP2 : head(in);
    }

    private Found head(ByteBuf in) {
        RequestHead head = loop.requestHead();
        length = headEnd.isBegun() ? -1 : head.parseAtOnce(in);
        if (length > 0) {
            begun = false;
            return Found.HEAD;
        }
        length = headEnd.find(in);
        if (length < 0) {
            if (in.readableBytes() <= head.longest()) {
                return part();
            }
            malformed = head.tooLong(in);
            return Found.MALFORMED;
        }
        begun = false;
        if (length == 2 && in.getByte(in.readerIndex()) == '\r') {
            in.skipBytes(length);
            return Found.EMPTY_LINE;
        }
        malformed = head.parse(in, length);
        return malformed == null ? Found.HEAD : Found.MALFORMED;
    }

    private Found part() {
        if (!begun) {
            begun = true;
            since = loop.nanoTime().getAsLong();
        }
        return Found.PART;
    }
}
