package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.FieldName;
import io.sandgate.proxy.http1.HeadEnd;
import io.sandgate.proxy.http1.Kept;
import io.sandgate.proxy.http1.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The answer to one request on its way from the sandbox to the client, passed on as it comes: what needs no change is not
/// copied. Confined to the client's event loop.
final class Answer implements Upstream.Reader {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "Connection: close\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "Transfer-Encoding: chunked\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\r\n".getBytes(StandardCharsets.US_ASCII);

    private final LoopResources loop;
    private final Exchange exchange;
    private final ClientRequests requests;
    private final ClientConnection client;
    private final Upstream upstream;
    private final RequestFacts facts;
    private final HeadEnd headEnd = new HeadEnd();
    private final BodyFramer body = new BodyFramer();
    private @Nullable ByteBuf pending;
    private @Nullable Kept passes;
    private boolean begun;
    private boolean over;
    private boolean persistent;
    private boolean wrapped;
    private boolean unwrapped;
    private boolean close;
    private int interimBytes;
    private Duration keepFor = Duration.ZERO;

    Answer(LoopResources loop, Exchange exchange, ClientRequests requests, ClientConnection client, Upstream upstream,
            RequestFacts facts) {
        this.loop = loop;
        this.exchange = exchange;
        this.requests = requests;
        this.client = client;
        this.upstream = upstream;
        this.facts = facts;
    }

    /// Whether the client has got its status.
    boolean isBegun() {
        return begun;
    }

    /// Whether the client takes the end of the connection for the end of the answer.
    boolean isUntilClose() {
        return begun && (unwrapped || (body.isUntilClose() && !wrapped));
    }

    @Override
    public void read(ByteBuf bytes) {
        client.active();
        ByteBuf in = bytes;
        ByteBuf before = pending;
        if (before != null) {
            in = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(client.channel().alloc(), before, bytes);
            pending = null;
        }
        try {
            take(in);
            if (in.isReadable() && !over && !begun) {
                pending = in.retain();
            }
        } finally {
            in.release();
        }
    }

    private void take(ByteBuf in) {
        while (in.isReadable() && !over) {
            if (begun) {
                passBody(in, in.readerIndex());
            } else if (!readHead(in)) {
                return;
            }
        }
        if (in.isReadable() && over) {
            // what comes after the end of an answer belongs to nobody
            upstream.close();
        }
    }

    /// @return false when the head is not whole yet, or is none
    private boolean readHead(ByteBuf in) {
        ResponseHead head = loop.responseHead();
        int length = headEnd.isBegun() ? -1 : head.parseAtOnce(in);
        String wrong = null;
        if (length < 0) {
            length = headEnd.find(in);
            if (length < 0 && in.readableBytes() < head.longest()) {
                return false;
            }
            wrong = length < 0 ? "a head of more than " + head.longest() + " bytes" : head.parse(in, length);
        }
        if (wrong == null && head.status() < 200) {
            wrong = interim(head, in, length);
        } else if (wrong == null) {
            wrong = head.frame(body, facts.toHead());
            if (wrong == null) {
                begin(head, in, length);
            }
        }
        if (wrong != null) {
            fail("The sandbox did not answer as HTTP demands: " + wrong);
            return false;
        }
        return true;
    }

    private void fail(String what) {
        over = true;
        exchange.badAnswer(what);
    }

    /// Passes an interim answer on that a client may wait for; drops others.
    private @Nullable String interim(ResponseHead head, ByteBuf in, int length) {
        in.skipBytes(length);
        interimBytes += length;
        if (interimBytes > head.longest()) {
            return "interim answers of more than " + head.longest() + " bytes";
        }
        switch (head.status()) {
            case 100 -> {
                if (exchange.isAwaitingContinue()) {
                    client.line().write(allocator().directBuffer(CONTINUE.length).writeBytes(CONTINUE));
                }
            }
            case 101 -> {
                return switchProtocols(head, in, length);
            }
            case 103 -> {
                if (head.fields().has(FieldName.TRANSFER_ENCODING) || head.fields().has(FieldName.CONTENT_LENGTH)) {
                    return "an interim answer that announces a body";
                }
                if (!facts.old()) {
                    client.line().write(head(head, length, FieldRules.toClient(head.fields())).writeBytes(END));
                }
            }
            default -> {
            }
        }
        return null;
    }

    private @Nullable String switchProtocols(ResponseHead head, ByteBuf in, int length) {
        if (!facts.upgrade()) {
            return "it switched protocols without being asked to";
        }
        FieldLines fields = head.fields();
        if (!facts.asksFor(fields.values(FieldName.UPGRADE))) {
            return "it switched to another protocol than it was asked to";
        }
        over = true;
        begun = true;
        ByteBuf out = head(head, length, FieldRules.toClient(fields));
        out.writeCharSequence("Connection: Upgrade\r\nUpgrade: "
                + String.join(", ", fields.values(FieldName.UPGRADE)) + "\r\n\r\n",
                StandardCharsets.ISO_8859_1);
        client.line().write(out);
        exchange.upgraded(upstream, RequestFacts.isWebSocket(fields.values(FieldName.UPGRADE)),
                in.readRetainedSlice(in.readableBytes()));
        return null;
    }

    private void begin(ResponseHead head, ByteBuf in, int length) {
        begun = true;
        exchange.answerBegun();
        persistent = !body.isUntilClose() && KeepAlive.isPersistent(head);
        keepFor = persistent ? KeepAlive.duration(head) : Duration.ZERO;
        Kept kept = FieldRules.toClient(head.fields());
        passes = kept;
        wrapped = body.isUntilClose() && !facts.old();
        unwrapped = body.isChunked() && facts.old();
        close = requests.closesAfter(exchange) || isUntilClose();
        int start = in.readerIndex();
        in.skipBytes(length);
        if (!close && !wrapped && !head.isOld() && !facts.old() && FieldRules.passesWhole(head.fields())) {
            passBody(in, start);
            return;
        }
        ByteBuf out = head(head, length, unwrapped
                ? (fields, line) -> fields.name(line) != FieldName.TRANSFER_ENCODING && kept.keeps(fields, line)
                : kept);
        if (close) {
            out.writeBytes(CLOSE);
        }
        if (wrapped) {
            out.writeBytes(CHUNKED);
        }
        client.line().write(out.writeBytes(END));
        passBody(in, in.readerIndex());
    }

    private ByteBuf head(ResponseHead head, int length, Kept kept) {
        ByteBuf out = allocator().directBuffer(length + CLOSE.length + CHUNKED.length + 64);
        head.writeLine(out, facts.old());
        head.writeFields(out, kept);
        return out;
    }

    /// Passes on what there is of the body.
    ///
    /// @param from where what is to be passed on begins: the head may be before the body
    private void passBody(ByteBuf in, int from) {
        if (unwrapped) {
            for (int bytes = body.nextData(in); bytes > 0; bytes = body.nextData(in)) {
                client.line().write(in.readRetainedSlice(bytes));
                body.dataRead(bytes);
            }
        } else {
            int end = body.advance(in);
            if (end > from) {
                pass(in, from, end);
            }
        }
        if (body.takeTrailers(loop.trailers()) && !unwrapped) {
            ByteBuf out = allocator().directBuffer(256);
            Kept kept = passes;
            body.writeTrailers(loop.trailers(), kept == null ? (lines, line) -> false : kept, out);
            client.line().write(out);
        }
        if (body.isBroken()) {
            over = true;
            exchange.cutOff();
        } else if (body.isComplete()) {
            end(in);
        } else if (!client.line().takesMore()) {
            upstream.line().stopReads();
        }
    }

    private void pass(ByteBuf in, int from, int end) {
        if (wrapped) {
            ByteBuf size = allocator().directBuffer(16);
            size.writeCharSequence(Integer.toHexString(end - from) + "\r\n", StandardCharsets.US_ASCII);
            client.line().write(size);
        }
        client.line().write(in.retainedSlice(from, end - from));
        if (wrapped) {
            client.line().write(allocator().directBuffer(END.length).writeBytes(END));
        }
    }

    private void end(ByteBuf in) {
        over = true;
        exchange.answered(upstream, persistent && !in.isReadable(), keepFor, close);
    }

    @Override
    public void readComplete() {
        client.line().flush();
    }

    @Override
    public void writabilityChanged() {
        client.work();
    }

    @Override
    public void inputEnded() {
        throw new IllegalStateException("half-closed connections are for tunnels");
    }

    @Override
    public void closed(boolean broken) {
        if (over) {
            return;
        }
        dispose();
        if (!begun) {
            exchange.failed(upstream);
        } else if (body.isUntilClose() && !broken) {
            if (wrapped) {
                client.line().write(allocator().directBuffer(LAST_CHUNK.length).writeBytes(LAST_CHUNK));
            }
            exchange.answered(upstream, false, Duration.ZERO, close);
        } else {
            exchange.cutOff();
        }
    }

    /// Nothing more of it is wanted.
    void dispose() {
        over = true;
        ByteBuf rest = pending;
        if (rest != null) {
            pending = null;
            rest.release();
        }
    }

    /// The client takes more again.
    void clientWritabilityChanged() {
        if (client.line().takesMore()) {
            upstream.line().startReads();
        }
    }

    private ByteBufAllocator allocator() {
        return client.channel().alloc();
    }
}
