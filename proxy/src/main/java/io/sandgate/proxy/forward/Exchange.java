package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import io.sandgate.proxy.forward.ForwardMetrics.Abort;
import io.sandgate.proxy.forward.ForwardMetrics.Outcome;
import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.RequestHead;
import io.sandgate.proxy.route.Route;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One request to a sandbox and its answer, both passed on as they come. Confined to the client's event loop.
///
/// asking -> connecting -> sent -> answering -> done; sent -> connecting once, when a kept connection turns out dead;
/// sent -> tunnel; anything -> done.
final class Exchange implements Lessee {

    /// A body that is there with its head, and no longer than this, is copied behind it: one buffer is sent cheaper than two.
    private static final int SMALL_BODY = 8 * 1024;

    private final LoopResources loop;
    private final ClientConnection client;
    private final Target.Sandbox target;
    private final RequestFacts facts;
    private final BodyFramer body;
    /// The request's head as it came, until the answer begins.
    private final ByteBuf head;
    private long headSerial;
    private @Nullable Route route;
    private @Nullable Upstream upstream;
    private @Nullable Answer answer;
    private @Nullable ScheduledFuture<?> upgradeTimer;
    private boolean bodyTouched;
    private boolean retried;
    private boolean done;
    private boolean tunnelTaken;

    /// @param head of the request, which this releases
    /// @param body the framing of the body that follows
    Exchange(LoopResources loop, ClientConnection client, Target.Sandbox target, RequestFacts facts, ByteBuf head,
            BodyFramer body) {
        this.loop = loop;
        this.client = client;
        this.target = target;
        this.facts = facts;
        this.head = head;
        this.headSerial = loop.requestHead().serial();
        this.body = body;
    }

    RequestFacts facts() {
        return facts;
    }

    void start() {
        Route known = loop.lookup().find(target.id());
        if (known != null) {
            admit(known);
            return;
        }
        ScheduledFuture<?> late = loop.eventLoop().schedule(() -> asked(null),
                loop.settings().askTimeout().toMillis(), TimeUnit.MILLISECONDS);
        loop.lookup().ask(target.id()).whenComplete((found, error) -> loop.eventLoop().execute(() -> {
            late.cancel(false);
            asked(found);
        }));
    }

    private void asked(@Nullable Route found) {
        if (!done && route == null) {
            Route known = loop.lookup().find(target.id());
            admit(known == null ? found : known);
        }
    }

    private void admit(@Nullable Route found) {
        switch (Admission.of(found, target, facts.hasToken())) {
            case Admission.Forward forward -> forward(forward.route());
            case Admission.Refuse refuse -> refuse(refuse.refusal());
        }
    }

    private void forward(Route admitted) {
        route = admitted;
        if (facts.upgrade()) {
            tunnelTaken = loop.budget().takeTunnel();
            if (!tunnelTaken) {
                refuse(Refusal.of(503, Refusal.Reason.REPLICA_FULL,
                        "Too many upgraded connections through this gateway. Try again in a moment.", target.id()));
                return;
            }
        }
        loop.pools().lease(admitted, target.port(), false, facts.upgrade(), this);
    }

    @Override
    public void connected(Upstream connection) {
        if (done) {
            connection.release(loop.settings().upstreamIdleTimeout());
            return;
        }
        upstream = connection;
        answer = new Answer(loop, this, client, connection, facts);
        connection.readBy(answer);
        connection.line().write(firstBytes());
        if (facts.upgrade()) {
            upgradeTimer = loop.eventLoop().schedule(this::tooLate, loop.settings().upgradeTimeout().toMillis(),
                    TimeUnit.MILLISECONDS);
        }
        client.work();
    }

    /// The request's head as the sandbox gets it, and a small body behind it that is there.
    private ByteBuf firstBytes() {
        RequestHead request = readHead();
        ForwardedFields forwardedFields = loop.settings().forwardedFields();
        ByteBuf waiting = client.waiting();
        boolean small = waiting != null && body.left() > 0
                && body.left() <= Math.min(waiting.readableBytes(), SMALL_BODY);
        if (!small && RequestCopy.isNone(request, target, facts.upgrade(), forwardedFields)) {
            return head.retainedDuplicate();
        }
        ByteBuf out = RequestCopy.write(request, target, client.channel(), facts.upgrade(), forwardedFields,
                head.readableBytes());
        if (waiting != null && small) {
            bodyTouched = true;
            int from = waiting.readerIndex();
            out.writeBytes(waiting, from, body.advance(waiting) - from);
        }
        return out;
    }

    /// The loop's head is that of this request again, whatever was read meanwhile.
    private RequestHead readHead() {
        RequestHead request = loop.requestHead();
        if (request.serial() != headSerial) {
            request.parse(head, head.readableBytes());
            headSerial = request.serial();
        }
        return request;
    }

    /// Passes on what there is of the request's body.
    ///
    /// @return false when nothing can be taken
    boolean takeBody(ByteBuf in) {
        Upstream connection = upstream;
        if (connection == null || body.isComplete() || facts.upgrade() || done) {
            return false;
        }
        bodyTouched = true;
        int from = in.readerIndex();
        int end = body.advance(in);
        if (end > from) {
            connection.line().write(in.retainedSlice(from, end - from));
        }
        if (body.takeTrailers(loop.trailers())) {
            // they may say what the head must not, and no sandbox needs them
            ByteBuf last = client.channel().alloc().directBuffer(2);
            body.writeTrailers(loop.trailers(), (lines, line) -> false, last);
            connection.line().write(last);
        }
        if (body.isBroken()) {
            brokenBody();
            return false;
        }
        return true;
    }

    private void brokenBody() {
        readHead();
        loop.metrics().refused(Refusal.Reason.MALFORMED);
        boolean begun = isAnswerBegun();
        finish();
        if (begun) {
            client.line().close();
        } else {
            client.refuse(body.hasTooManyTrailers()
                    ? Refusal.of(431, Refusal.Reason.MALFORMED, "trailers (expected: fewer, and shorter ones)", "")
                    : Refusal.malformed("body (expected: chunks, each with its size in hexadecimal digits)"), true);
        }
    }

    /// Whether the client may send more of the body now.
    boolean isTaking() {
        Upstream connection = upstream;
        return connection != null && connection.line().takesMore();
    }

    boolean isBodyComplete() {
        return body.isComplete();
    }

    boolean isAnswerBegun() {
        return answer != null && answer.isBegun();
    }

    @Nullable
    Line sandbox() {
        return upstream == null ? null : upstream.line();
    }

    void clientWritabilityChanged() {
        Answer present = answer;
        if (present != null) {
            present.clientWritabilityChanged();
        }
    }

    /// Whether the client waits to be told to send its body. Answered otherwise, it may never send it, or send it all the
    /// same: what comes next on its connection cannot be told.
    boolean isAwaitingContinue() {
        return facts.expectsContinue() && !body.isComplete() && !bodyTouched;
    }

    // ---- what becomes of the answer

    /// The answer has begun: from now on nothing can be sent anew.
    void answerBegun() {
        cancelUpgradeTimer();
    }

    /// The sandbox agrees to another protocol.
    ///
    /// @param webSocket whether that is WebSocket
    /// @param first what the sandbox sent in it already
    void upgraded(Upstream connection, boolean webSocket, ByteBuf first) {
        done = true;
        cancelUpgradeTimer();
        head.release();
        loop.metrics().finished(Outcome.UPGRADED);
        Tunnel tunnel = new Tunnel(loop, client, connection, webSocket);
        tunnel.read(first);
        client.becomeTunnel(tunnel);
    }

    /// The answer has been passed on to its end.
    ///
    /// @param persistent whether its connection serves another request, and for how long if it is not used
    /// @param close whether the client was told that its connection will be closed
    void answered(Upstream connection, boolean persistent, Duration keepFor, boolean close) {
        done = true;
        head.release();
        loop.metrics().finished(Outcome.ANSWERED);
        if (!facts.upgrade() && body.isComplete() && persistent) {
            connection.release(keepFor);
        } else {
            connection.discard();
        }
        giveBackTunnel();
        client.answered(body, close);
    }

    /// The sandbox's answer is none.
    void badAnswer(String what) {
        if (!done) {
            refuse(Refusal.badAnswer(target.id(), target.port(), what));
        }
    }

    /// The answer that had begun cannot be passed on to its end.
    void cutOff() {
        if (!done) {
            abort(Abort.UPSTREAM_DIED);
        }
    }

    /// The connection to the sandbox broke before an answer began.
    void failed(Upstream connection) {
        if (done || upstream != connection) {
            return;
        }
        Route present = route;
        if (present != null && connection.isReused() && !retried && !bodyTouched && facts.idempotent()) {
            retried = true;
            loop.metrics().retried();
            upstream = null;
            answer = null;
            connection.discard();
            cancelUpgradeTimer();
            loop.pools().lease(present, target.port(), true, facts.upgrade(), this);
        } else {
            refuse(Refusal.badAnswer(target.id(), target.port(),
                    "The sandbox closed the connection before it answered"));
        }
    }

    private void tooLate() {
        if (!done) {
            refuse(Refusal.upgradeTimeout(target.id(), target.port()));
        }
    }

    @Override
    public void refused(Refusal refusal) {
        if (!done) {
            refuse(refusal);
        }
    }

    @Override
    public void sandboxGone() {
        if (done) {
            return;
        }
        if (isAnswerBegun()) {
            abort(Abort.ROUTE_GONE);
        } else {
            refuse(Refusal.notFound(target.id()));
        }
    }

    void clientGone() {
        if (!done) {
            loop.metrics().aborted(Abort.CLIENT_GONE);
            loop.metrics().finished(Outcome.ABORTED);
            finish();
        }
    }

    private void abort(Abort reason) {
        loop.metrics().aborted(reason);
        loop.metrics().finished(Outcome.ABORTED);
        boolean untilClose = answer != null && answer.isUntilClose();
        client.line().flush();
        finish();
        if (untilClose) {
            client.line().reset();
        } else {
            client.line().close();
        }
    }

    private void refuse(Refusal refusal) {
        readHead();
        loop.metrics().refused(refusal.reason());
        finish();
        client.refuse(refusal, body, facts.expectsContinue());
    }

    /// Ends this exchange without a complete answer from the sandbox: its connection is of no more use.
    private void finish() {
        done = true;
        head.release();
        cancelUpgradeTimer();
        Answer present = answer;
        if (present != null) {
            present.dispose();
        }
        Upstream connection = upstream;
        if (connection != null) {
            connection.discard();
        }
        giveBackTunnel();
    }

    private void cancelUpgradeTimer() {
        ScheduledFuture<?> timer = upgradeTimer;
        if (timer != null) {
            timer.cancel(false);
            upgradeTimer = null;
        }
    }

    private void giveBackTunnel() {
        if (tunnelTaken) {
            tunnelTaken = false;
            loop.budget().giveBackTunnel();
        }
    }
}
