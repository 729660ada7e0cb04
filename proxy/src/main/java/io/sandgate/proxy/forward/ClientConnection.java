package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.RequestHead;
import io.vertx.core.net.impl.ShutdownEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client's connection to the public listener: takes its requests one after the other, passes those for a sandbox on, answers
/// those that nobody should serve, and leaves those for the lifecycle API to the HTTP server behind it in the pipeline, byte
/// for byte. Confined to its event loop.
final class ClientConnection extends ChannelDuplexHandler implements IdleClients.Client {

    /// What the next bytes of the client are.
    private enum Stage {
        /// The head of a request.
        HEAD,
        /// For the present exchange, or after it.
        EXCHANGE,
        /// For the lifecycle API.
        LIFECYCLE,
        /// The rest of a body that nobody wants.
        SKIP,
        /// Anything: the connection is about to be closed.
        LAST,
        /// For a tunnel.
        TUNNEL
    }

    /// What may wait while there is nowhere to send it.
    private static final int MOST_WAITING = 64 * 1024;

    private final LoopResources loop;
    private final IdleClients idle;
    private final @Nullable Consumer<ByteBuf> http2;
    private ChannelHandlerContext context;
    private Line line;
    private Leftovers leftovers;
    private final RequestDecision decision;
    private final HeadReader heads;
    private BodyFramer body = new BodyFramer();
    private Stage stage = Stage.HEAD;
    /// What was read and could not be used yet.
    private @Nullable ByteBuf pending;
    private @Nullable Exchange exchange;
    private @Nullable LifecycleRequest lifecycle;
    private @Nullable Tunnel tunnel;
    private @Nullable ShutdownEvent shutdown;
    private boolean working;
    private boolean reading;
    private boolean closeAfterSkip;
    private boolean active;
    private long lastActive;

    @SuppressWarnings("NullAway.Init") // the rest is set when it is added to its pipeline, before any event
    private ClientConnection(LoopResources loop, IdleClients idle, RequestDecision decision,
            @Nullable Consumer<ByteBuf> http2) {
        this.loop = loop;
        this.idle = idle;
        this.decision = decision;
        this.http2 = http2;
        this.heads = new HeadReader(loop, http2 != null);
        this.lastActive = loop.nanoTime().getAsLong();
    }

    /// A connection over TCP.
    ///
    /// @param http2 takes what a client of HTTP/2 has sent, and the connection's place in its pipeline
    static ClientConnection ofConnection(LoopResources loop, IdleClients idle, Consumer<ByteBuf> http2) {
        return new ClientConnection(loop, idle, new RequestDecision(loop.addressing()), http2);
    }

    /// A stream of HTTP/2, which reads like a connection.
    ///
    /// @param decision of the connection that the stream is on
    static ClientConnection ofStream(LoopResources loop, IdleClients idle, RequestDecision decision) {
        return new ClientConnection(loop, idle, decision, null);
    }

    Channel channel() {
        return context.channel();
    }

    Line line() {
        return line;
    }

    /// Something came, or was sent.
    void active() {
        active = true;
    }

    @Override
    public long lastActive(long now) {
        if (active) {
            active = false;
            lastActive = now;
        }
        return lastActive;
    }

    @Override
    public boolean isHeadBegun() {
        return heads.isBegun();
    }

    @Override
    public long headSince() {
        return heads.since();
    }

    @Override
    public void closeIdle() {
        line.close();
    }

    // ---- the channel

    @Override
    public void handlerAdded(ChannelHandlerContext place) {
        context = place;
        line = new Line(place.channel(), place);
        leftovers = new Leftovers(loop.eventLoop(), line);
        idle.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        active();
        reading = true;
        ByteBuf in = (ByteBuf) message;
        Tunnel open = tunnel;
        if (open != null) {
            open.clientRead(in);
            return;
        }
        ByteBuf before = pending;
        pending = before == null
                ? in
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(channel().alloc(), before, in);
        work();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        reading = false;
        send();
    }

    /// Sends what was passed on, unless more of it is being read: then all leaves together.
    private void send() {
        if (reading) {
            return;
        }
        Exchange present = exchange;
        Tunnel open = tunnel;
        if (present != null) {
            Line sandbox = present.sandbox();
            if (sandbox != null) {
                sandbox.flush();
            }
        } else if (open != null) {
            open.clientReadComplete();
        }
        LifecycleRequest served = lifecycle;
        if (served != null) {
            served.passed();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        Exchange present = exchange;
        Tunnel open = tunnel;
        if (present != null) {
            present.clientWritabilityChanged();
        } else if (open != null) {
            open.clientWritabilityChanged();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
        Tunnel open = tunnel;
        if (event instanceof ShutdownEvent last && (exchange != null || open != null)) {
            // the server behind this handler believes that nothing is going on
            shutdown = last;
        } else if (open != null && event instanceof ChannelInputShutdownEvent) {
            open.clientInputEnded();
        } else if (open == null || !(event instanceof ChannelInputShutdownReadComplete)) {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable error) {
        if (stage == Stage.LIFECYCLE) {
            context.fireExceptionCaught(error);
        } else {
            line.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        idle.remove(this);
        leftovers.end();
        Exchange present = exchange;
        Tunnel open = tunnel;
        exchange = null;
        tunnel = null;
        stage = Stage.LAST;
        if (present != null) {
            present.clientGone();
        } else if (open != null) {
            open.clientClosed();
        }
        releasePending();
        context.fireChannelInactive();
    }

    @Override
    public void write(ChannelHandlerContext ignored, Object message, ChannelPromise promise) {
        active();
        var _ = context.write(message, promise);
    }

    // ---- the requests

    /// Uses what was read, as far as that goes now.
    void work() {
        if (working) {
            return;
        }
        working = true;
        boolean more = true;
        while (more) {
            ByteBuf in = pending;
            more = in != null && in.isReadable() && step(in);
        }
        working = false;
        settle();
        send();
    }

    private boolean step(ByteBuf in) {
        return switch (stage) {
            case HEAD -> readHead(in);
            case EXCHANGE -> exchange != null && exchange.takeBody(in);
            case LIFECYCLE -> lifecycle != null && passBody(lifecycle, in);
            case SKIP -> skip(in);
            case LAST -> {
                leftovers.skip(in);
                yield false;
            }
            case TUNNEL -> {
                if (tunnel != null) {
                    tunnel.clientRead(in.readRetainedSlice(in.readableBytes()));
                }
                yield false;
            }
        };
    }

    private void settle() {
        ByteBuf in = pending;
        if (in != null && !in.isReadable()) {
            releasePending();
        }
        if (stage == Stage.LIFECYCLE) {
            // otherwise the server behind this handler says when to read
            if (in != null && in.readableBytes() >= MOST_WAITING) {
                line.stopReads();
            }
        } else if (stage != Stage.TUNNEL) {
            if (wantsMore()) {
                line.startReads();
            } else {
                line.stopReads();
            }
        }
    }

    private boolean wantsMore() {
        Exchange present = exchange;
        if (present == null) {
            return true;
        }
        ByteBuf in = pending;
        boolean room = in == null || in.readableBytes() < MOST_WAITING;
        return room && (present.isBodyComplete() || present.sandbox() == null || present.isTaking());
    }

    private void releasePending() {
        ByteBuf in = pending;
        if (in != null) {
            pending = null;
            in.release();
        }
    }

    private boolean readHead(ByteBuf in) {
        switch (heads.read(in)) {
            case PART -> {
                return false;
            }
            case EMPTY_LINE -> {
            }
            case HEAD -> takeHead(loop.requestHead(), in, heads.length());
            case MALFORMED -> refuseUnreadable(heads.malformed());
            case HTTP2 -> {
                leaveTo(in);
                return false;
            }
        }
        return true;
    }

    private void takeHead(RequestHead head, ByteBuf in, int length) {
        body = new BodyFramer();
        Refusal refusal = decision.refusal(head, body);
        if (refusal != null) {
            loop.metrics().refused(refusal.reason());
            in.skipBytes(length);
            refuse(refusal, true);
        } else {
            begin(head, in, length);
        }
    }

    /// Leaves this place in the pipeline to HTTP/2.
    private void leaveTo(ByteBuf in) {
        Consumer<ByteBuf> taker = http2;
        if (taker != null) {
            stage = Stage.LAST;
            pending = null;
            idle.remove(this);
            taker.accept(in);
        }
    }

    private void begin(RequestHead head, ByteBuf in, int length) {
        switch (decision.target(head)) {
            case Target.Lifecycle _ -> {
                stage = Stage.LIFECYCLE;
                LifecycleRequest served = new LifecycleRequest(context, body);
                lifecycle = served;
                served.pass(in.readRetainedSlice(length));
            }
            case Target.Malformed malformed -> {
                loop.metrics().refused(malformed.refusal().reason());
                in.skipBytes(length);
                refuse(malformed.refusal(), body, RequestFacts.of(head, body).expectsContinue());
            }
            case Target.Sandbox sandbox -> {
                stage = Stage.EXCHANGE;
                Exchange begun = new Exchange(loop, this, sandbox, RequestFacts.of(head, body),
                        in.readRetainedSlice(length), body);
                exchange = begun;
                begun.start();
            }
        }
    }

    // ---- what is for the lifecycle API

    private boolean passBody(LifecycleRequest served, ByteBuf in) {
        boolean taken = served.passBody(in, loop.trailers());
        if (served.isBroken()) {
            line.close();
        } else if (taken) {
            endLifecycle(served);
        }
        return taken;
    }

    /// Whether clients are to go elsewhere with their next request.
    boolean isDraining() {
        return loop.draining().getAsBoolean();
    }

    /// The server behind this handler has written the end of its answer.
    ///
    /// @param close whether the client was told that its connection will be closed
    void lifecycleAnswered(boolean close) {
        LifecycleRequest served = lifecycle;
        if (served != null) {
            served.answered(close);
            endLifecycle(served);
            work();
        }
    }

    private void endLifecycle(LifecycleRequest served) {
        if (served.isOver()) {
            served.passed();
            lifecycle = null;
            if (served.isLast()) {
                last(true);
            } else {
                stage = Stage.HEAD;
            }
        }
    }

    // ---- what becomes of an exchange

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
        exchange = null;
        line.flush();
        if (rest.isComplete() && close) {
            last(true);
        } else if (rest.isComplete()) {
            next();
        } else {
            skipRest(close || !Leftovers.isSkippable(rest));
        }
        work();
    }

    private void next() {
        stage = Stage.HEAD;
        ShutdownEvent event = shutdown;
        if (event != null) {
            shutdown = null;
            context.fireUserEventTriggered(event);
        }
    }

    /// Answers that the request is not forwarded.
    ///
    /// @param rest what is left of its body
    void refuse(Refusal refusal, BodyFramer rest, boolean expectsContinue) {
        exchange = null;
        boolean ends = (!rest.isComplete() && (expectsContinue || !Leftovers.isSkippable(rest))) || isLast();
        line.write(RefusalText.write(channel().alloc(), refusal, loop.requestHead(), true, ends));
        line.flush();
        if (!rest.isComplete()) {
            skipRest(ends);
        } else if (ends) {
            last(true);
        } else {
            next();
        }
        work();
    }

    /// Answers a request after which nothing on the connection can be understood.
    void refuse(Refusal refusal, boolean readable) {
        exchange = null;
        line.write(RefusalText.write(channel().alloc(), refusal, loop.requestHead(), readable, true));
        last(false);
        work();
    }

    @Override
    public void refuseSlowHead() {
        refuseUnreadable(new RequestHead.Malformed(408, "request head (expected: complete within "
                + loop.settings().requestHeadTimeout().toMillis() + " ms of its first byte)"));
    }

    private void refuseUnreadable(RequestHead.Malformed malformed) {
        loop.metrics().refused(Refusal.Reason.MALFORMED);
        refuse(Refusal.of(malformed.status(), Refusal.Reason.MALFORMED, malformed.message(), ""), false);
    }

    private void skipRest(boolean closeAfter) {
        stage = Stage.SKIP;
        closeAfterSkip = closeAfter;
        leftovers.begin();
    }

    private boolean skip(ByteBuf in) {
        leftovers.skip(in, body);
        if (body.isComplete()) {
            leftovers.end();
            if (closeAfterSkip) {
                last(true);
            } else {
                next();
            }
        }
        return !body.isBroken();
    }

    /// Closes the connection when all has left.
    ///
    /// @param clean whether all that the client sent has been read: what is left unread would make it lose the answer
    private void last(boolean clean) {
        stage = Stage.LAST;
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
        exchange = null;
        tunnel = open;
        stage = Stage.TUNNEL;
        open.open();
        line.flush();
        line.startReads();
        work();
    }

    @Override
    public void endTunnel() {
        Tunnel open = tunnel;
        if (open != null) {
            open.drained();
        }
    }

    /// A tunnel has said its last word to the client. What the client still sends is read, so that it can read that word.
    void tunnelClosed() {
        tunnel = null;
        line.forbidHalfClosure();
        last(false);
        line.startReads();
    }

    // ---- what the sandbox' side asks for

    /// What was read and not used yet, if there is any.
    @Nullable
    ByteBuf waiting() {
        return pending;
    }

    /// The sandbox takes more again, or has stopped taking.
    void sandboxWritabilityChanged() {
        work();
    }
}
