package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.sandgate.proxy.forward.ForwardMetrics.Abort;
import io.sandgate.proxy.forward.ForwardMetrics.Outcome;
import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.route.Route;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One request to a sandbox and its answer, both passed on as they come. Confined to the client's event loop.
///
/// waiting for a route -> connecting -> sent -> answering -> done; sent -> connecting once, when a kept connection turns out dead;
/// sent -> tunnel; anything -> done.
final class Exchange implements Stage, Lessee, RouteWait.Asker {

    private final LoopResources loop;
    private final ClientRequests requests;
    private final ClientConnection client;
    private final Target.Sandbox target;
    private final RequestFacts facts;
    private final RequestBody body;
    private final KeptHead head;
    /// Of a request for an upgrade.
    private final @Nullable UpgradeWait upgrade;
    private @Nullable RouteWait wait;
    private @Nullable Route route;
    private @Nullable Upstream upstream;
    private @Nullable Answer answer;
    private boolean retried;
    private boolean done;

    /// @param head of the request, which this releases
    /// @param body the framing of the body that follows
    Exchange(LoopResources loop, ClientRequests requests, ClientConnection client, Target.Sandbox target,
            RequestFacts facts, ByteBuf head, BodyFramer body) {
        this.loop = loop;
        this.requests = requests;
        this.client = client;
        this.target = target;
        this.facts = facts;
        this.head = new KeptHead(loop, head);
        this.body = new RequestBody(body);
        this.upgrade = facts.upgrade() ? new UpgradeWait(loop) : null;
    }

    RequestFacts facts() {
        return facts;
    }

    void start() {
        Route known = loop.lookup().find(target.id());
        if (Admission.of(known, target, facts.token(), loop.tokens()) instanceof Admission.Forward forward) {
            admitted(forward.route());
        } else {
            RouteWait begun = new RouteWait(loop, target, facts.token(), this);
            wait = begun;
            begun.begin(known);
        }
    }

    @Override
    public void admitted(Route running) {
        route = running;
        if (upgrade != null && !upgrade.takeRoom()) {
            refuse(Refusal.replicaFull("upgraded connections", target.id()));
        } else {
            loop.pools().lease(running, target.port(), false, upgrade != null, this);
        }
    }

    @Override
    public void connected(Upstream connection) {
        if (done) {
            connection.release(loop.settings().upstreams().idleTimeout());
            return;
        }
        upstream = connection;
        answer = new Answer(loop, this, requests, client, connection, facts);
        connection.readBy(answer);
        connection.line().write(firstBytes());
        if (upgrade != null) {
            upgrade.begin(this::tooLate);
        }
        client.work();
    }

    /// The request's head as the sandbox gets it, and a small body behind it that is there.
    private ByteBuf firstBytes() {
        ByteBuf waiting = client.waiting();
        boolean small = waiting != null && body.isSmall(waiting);
        ByteBuf out = head.toSandbox(target, maskedHost(), client.channel(), facts.upgrade(), small);
        if (waiting != null && small) {
            body.copy(waiting, out);
        }
        return out;
    }

    /// The runtime always sees the Host that the client sent, as with E2B.
    private String maskedHost() {
        Route present = route;
        return present == null || target.port() == ControlPaths.RUNTIME_PORT
                ? ""
                : present.traffic().host(target.port());
    }

    /// Passes on what there is of the request's body.
    @Override
    public boolean take(ByteBuf in) {
        Upstream connection = upstream;
        if (connection == null || body.isComplete() || facts.upgrade() || done) {
            return false;
        }
        body.pass(in, connection.line(), loop.trailers());
        if (body.isBroken()) {
            brokenBody();
            return false;
        }
        return true;
    }

    private void brokenBody() {
        head.read();
        loop.metrics().refused(Refusal.Reason.MALFORMED);
        boolean begun = isAnswerBegun();
        finish();
        if (begun) {
            client.line().close();
        } else {
            requests.refuseLast(body.framer().hasTooManyTrailers()
                    ? Refusal.of(431, Refusal.Reason.MALFORMED, "trailers (expected: fewer, and shorter ones)", "")
                    : Refusal.malformed("body (expected: chunks, each with its size in hexadecimal digits)"), true);
        }
    }

    @Override
    public boolean takeWhole(ByteBuf in) {
        Upstream connection = upstream;
        return connection != null && !facts.upgrade() && !done && body.passWhole(in, connection.line());
    }

    @Override
    public void flush() {
        Upstream connection = upstream;
        if (connection != null) {
            connection.line().flush();
        }
    }

    @Override
    public void steer(Line from, int waiting) {
        Upstream connection = upstream;
        boolean takes = body.isComplete() || connection == null || connection.line().takesMore();
        if (waiting < MOST_WAITING && takes) {
            from.startReads();
        } else {
            from.stopReads();
        }
    }

    @Override
    public boolean isForSandbox() {
        return true;
    }

    /// Calls that stream may take all the time that they want, and so may a client whose answer has begun.
    @Override
    public long bodyTaken() {
        Upstream connection = upstream;
        boolean waited = connection != null && connection.line().channel().isWritable() && !body.isComplete()
                && !isAwaitingContinue() && !isAnswerBegun() && !RequestFacts.isStreamed(head.read());
        return waited ? body.taken() : NO_BODY;
    }

    @Override
    public void refuseSlowBody() {
        head.read();
        finish();
        requests.refuseSlowBody(true);
    }

    boolean isAnswerBegun() {
        return answer != null && answer.isBegun();
    }

    @Override
    public void clientWritabilityChanged() {
        Answer present = answer;
        if (present != null) {
            present.clientWritabilityChanged();
        }
    }

    /// Whether the client waits to be told to send its body. Answered otherwise, it may never send it, or send it all the
    /// same: what comes next on its connection cannot be told.
    boolean isAwaitingContinue() {
        return facts.expectsContinue() && !body.isComplete() && !body.isTouched();
    }

    // ---- what becomes of the answer

    /// The answer has begun: from now on nothing can be sent anew.
    void answerBegun() {
        if (upgrade != null) {
            upgrade.answered();
        }
    }

    /// The sandbox agrees to another protocol.
    ///
    /// @param webSocket whether that is WebSocket
    /// @param first what the sandbox sent in it already
    void upgraded(Upstream connection, boolean webSocket, ByteBuf first) {
        done = true;
        answerBegun();
        head.release();
        loop.metrics().finished(Outcome.UPGRADED);
        Tunnel tunnel = new Tunnel(loop, requests, client.line(), connection, webSocket);
        tunnel.read(first);
        requests.becomeTunnel(tunnel);
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
        endUpgrade();
        requests.answered(body.framer(), close);
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
        if (present != null && connection.isReused() && !retried && !body.isTouched() && facts.idempotent()) {
            retried = true;
            loop.metrics().retried();
            upstream = null;
            answer = null;
            connection.discard();
            loop.pools().lease(present, target.port(), true, facts.upgrade(), this);
        } else {
            badAnswer("The sandbox closed the connection before it answered");
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

    @Override
    public void clientGone() {
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
        head.read();
        loop.metrics().refused(refusal.reason());
        finish();
        requests.refuse(refusal, body.framer(), facts.expectsContinue());
    }

    /// Ends this exchange without a complete answer from the sandbox: its connection is of no more use.
    private void finish() {
        done = true;
        head.release();
        RouteWait waiting = wait;
        if (waiting != null) {
            waiting.end();
        }
        Answer present = answer;
        if (present != null) {
            present.dispose();
        }
        Upstream connection = upstream;
        if (connection != null) {
            connection.discard();
        }
        endUpgrade();
    }

    private void endUpgrade() {
        if (upgrade != null) {
            upgrade.end();
        }
    }
}
