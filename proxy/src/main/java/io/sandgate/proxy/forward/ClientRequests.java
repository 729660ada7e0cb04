package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.RequestHead;
import io.vertx.core.net.impl.ShutdownEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client's requests, one after the other: passes those for a sandbox on, answers those that nobody should serve, and leaves
/// those for the lifecycle API to the HTTP server behind. As a stage, what reads their heads. Confined to the client's event
/// loop.
final class ClientRequests implements Stage {

    private final LoopResources loop;
    private final ClientConnection connection;
    private final Line line;
    private final RequestDecision decision;
    private final @Nullable Consumer<ByteBuf> http2;
    private final HeadReader heads;
    private final Leftovers leftovers;
    private @Nullable ShutdownEvent shutdown;

    /// @param http2 takes what a client of HTTP/2 has sent; null where it cannot be spoken
    ClientRequests(LoopResources loop, ClientConnection connection, RequestDecision decision,
            @Nullable Consumer<ByteBuf> http2) {
        this.loop = loop;
        this.connection = connection;
        this.line = connection.line();
        this.decision = decision;
        this.http2 = http2;
        this.heads = new HeadReader(loop, http2 != null);
        this.leftovers = new Leftovers(loop.eventLoop(), line);
    }

    // ---- heads

    @Override
    public boolean take(ByteBuf in) {
        switch (heads.read(in)) {
            case PART -> {
                return false;
            }
            case EMPTY_LINE -> {
            }
            case HEAD -> takeHead(loop.requestHead(), in, heads.length());
            case MALFORMED -> refuseUnreadable(heads.malformed());
            case HTTP2 -> {
                Consumer<ByteBuf> taker = http2;
                if (taker != null) {
                    connection.turnTo(leftovers);
                    taker.accept(in);
                }
                return false;
            }
        }
        return true;
    }

    private void takeHead(RequestHead head, ByteBuf in, int length) {
        BodyFramer body = new BodyFramer();
        Refusal refusal = decision.refusal(head, body);
        if (refusal != null) {
            loop.metrics().refused(refusal.reason());
            in.skipBytes(length);
            refuseLast(refusal, true);
        } else {
            begin(head, body, in, length);
        }
    }

    private void begin(RequestHead head, BodyFramer body, ByteBuf in, int length) {
        switch (decision.target(head)) {
            case Target.Lifecycle _ -> {
                ChannelHandlerContext server = connection.lifecycle();
                LifecycleRequest served = new LifecycleRequest(this, server, body, loop.trailers());
                connection.turnTo(served);
                boolean upgrade = connection.isStream() && RequestFacts.of(head, body).upgrade();
                served.pass(in.readRetainedSlice(length));
                if (upgrade) {
                    served.flush();
                    connection.turnTo(new LifecycleUpgrade(server));
                }
            }
            case Target.Malformed malformed -> {
                loop.metrics().refused(malformed.refusal().reason());
                in.skipBytes(length);
                refuse(malformed.refusal(), body, RequestFacts.of(head, body).expectsContinue());
            }
            case Target.Sandbox sandbox -> {
                Exchange begun = new Exchange(loop, this, connection, sandbox, RequestFacts.of(head, body),
                        in.readRetainedSlice(length), body);
                connection.turnTo(begun);
                begun.start();
            }
        }
    }

    /// Whether a head has begun, and should be whole by now.
    boolean isHeadLate(long now) {
        return heads.isBegun() && now - heads.since() > loop.settings().clients().headTimeout().toNanos();
    }

    void refuseLateHead() {
        refuseUnreadable(new RequestHead.Malformed(408, "request head (expected: complete within "
                + loop.settings().clients().headTimeout().toMillis() + " ms of its first byte)"));
    }

    /// Answers a request whose body takes too long.
    ///
    /// @param readable whether the head that was read last is its head
    void refuseSlowBody(boolean readable) {
        loop.metrics().refused(Refusal.Reason.SLOW_BODY);
        ForwardSettings settings = loop.settings();
        refuseLast(Refusal.of(408, Refusal.Reason.SLOW_BODY, "request body (expected: at least "
                + settings.clients().leastBodyRate() + " bytes a second over "
                + settings.clients().bodyWindow().toMillis()
                + " ms)", ""), readable);
    }

    private void refuseUnreadable(RequestHead.Malformed malformed) {
        loop.metrics().refused(Refusal.Reason.MALFORMED);
        refuseLast(Refusal.of(malformed.status(), Refusal.Reason.MALFORMED, malformed.message(), ""), false);
    }

    // ---- what becomes of a request

    /// Whether clients are to go elsewhere with their next request.
    boolean isDraining() {
        return loop.draining().getAsBoolean();
    }

    /// Lets the server behind close the connection, when the present exchange is over.
    void shutDownAfterwards(ShutdownEvent event) {
        shutdown = event;
    }

    /// Whether the client's connection is closed after the answer of an exchange.
    boolean closesAfter(Exchange ending) {
        return ending.facts().close() || ending.isAwaitingContinue() || isLast();
    }

    private boolean isLast() {
        return shutdown != null || isDraining();
    }

    /// An exchange has ended, and its answer has been written to its end.
    ///
    /// @param rest what is left of the request's body
    /// @param close whether the client was told that its connection will be closed
    void answered(BodyFramer rest, boolean close) {
        line.flush();
        continueAfter(rest, close || !Leftovers.isSkippable(rest));
    }

    /// The server behind has written the end of its answer.
    ///
    /// @param close whether the client was told that its connection will be closed
    void lifecycleAnswered(LifecycleRequest served, boolean close) {
        served.answered(close);
        lifecycleProgressed(served);
        connection.work();
    }

    /// A request to the lifecycle API has been read on, or answered.
    void lifecycleProgressed(LifecycleRequest served) {
        if (served.isBroken()) {
            line.close();
        } else if (served.isOver()) {
            served.flush();
            if (served.isLast()) {
                last(true);
            } else {
                connection.turnTo(this);
            }
        }
    }

    /// Answers that the request is not forwarded.
    ///
    /// @param rest what is left of its body
    void refuse(Refusal refusal, BodyFramer rest, boolean expectsContinue) {
        boolean ends = (!rest.isComplete() && (expectsContinue || !Leftovers.isSkippable(rest))) || isLast();
        line.write(RefusalText.write(line.channel().alloc(), refusal, loop.requestHead(), true, ends));
        line.flush();
        continueAfter(rest, ends);
    }

    /// Answers a request after which nothing on the connection can be understood, or is wanted.
    ///
    /// @param readable whether its head could be read
    void refuseLast(Refusal refusal, boolean readable) {
        line.write(RefusalText.write(line.channel().alloc(), refusal, loop.requestHead(), readable, true));
        last(false);
        connection.work();
    }

    private void continueAfter(BodyFramer rest, boolean close) {
        if (!rest.isComplete()) {
            connection.turnTo(new Rest(rest, close));
            leftovers.begin();
        } else if (close) {
            last(true);
        } else {
            next();
        }
        connection.work();
    }

    private void next() {
        connection.turnTo(this);
        ShutdownEvent event = shutdown;
        if (event != null) {
            shutdown = null;
            connection.shutDown(event);
        }
    }

    /// Closes the connection when all has left.
    ///
    /// @param clean whether all that the client sent has been read: what is left unread would make it lose the answer
    private void last(boolean clean) {
        connection.turnTo(leftovers);
        heads.end();
        if (clean) {
            line.closeAfterWrites();
        } else {
            line.endOutput();
            leftovers.begin();
        }
    }

    /// From now on the bytes of the client are for a tunnel.
    void becomeTunnel(Tunnel open) {
        connection.turnTo(open);
        open.open();
        line.flush();
        line.startReads();
        connection.work();
    }

    /// A tunnel has said its last word to the client. What the client still sends is read, so that it can read that word.
    void tunnelClosed() {
        line.forbidHalfClosure();
        last(false);
        line.startReads();
    }

    /// The connection is closed.
    void end() {
        connection.turnTo(leftovers);
        leftovers.end();
    }

    /// The rest of a body that nobody wants, with another request behind it, or nothing.
    private final class Rest implements Stage {
        private final BodyFramer body;
        private final boolean close;

        Rest(BodyFramer body, boolean close) {
            this.body = body;
            this.close = close;
        }

        @Override
        public boolean take(ByteBuf in) {
            leftovers.skip(in, body);
            if (body.isComplete()) {
                leftovers.end();
                if (close) {
                    last(true);
                } else {
                    next();
                }
            }
            return !body.isBroken();
        }
    }
}
