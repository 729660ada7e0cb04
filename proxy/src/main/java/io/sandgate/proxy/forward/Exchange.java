package io.sandgate.proxy.forward;

import io.sandgate.proxy.forward.ForwardMetrics.Abort;
import io.sandgate.proxy.forward.ForwardMetrics.Outcome;
import io.sandgate.proxy.route.Route;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One request to a sandbox and its answer, both streamed. Confined to the request's event loop.
///
/// connecting -> sent -> answering -> done; sent -> connecting once, when a kept connection turns out dead;
/// anything -> done. Callbacks of an earlier connection are dropped.
final class Exchange implements Lessee {

    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

    private final LoopResources loop;
    private final HttpServerRequest request;
    private final Target.Sandbox target;
    private final Route route;
    private final RequestBody body;
    private final Answer answer;
    private final boolean upgrade;
    private @Nullable Upstream upstream;
    private boolean retried;
    private boolean done;
    private boolean tunnelTaken;
    private long upgradeTimer = -1;

    Exchange(LoopResources loop, HttpServerRequest request, Target.Sandbox target, Route route, RequestBody body) {
        this.loop = loop;
        this.request = request;
        this.target = target;
        this.route = route;
        this.body = body;
        this.answer = new Answer(request);
        this.upgrade = Tunnel.isWanted(request, body);
    }

    void start() {
        HttpServerResponse response = request.response();
        response.exceptionHandler(error -> clientGone());
        response.closeHandler(v -> clientGone());
        if (upgrade) {
            tunnelTaken = loop.budget().takeTunnel();
            if (!tunnelTaken) {
                refuse(Refusal.of(503, Refusal.Reason.REPLICA_FULL,
                        "Too many upgraded connections through this gateway. Try again in a moment.", target.id()));
                return;
            }
        }
        loop.pools().lease(route, target.port(), upgrade, this);
    }

    @Override
    public void connected(Upstream connection) {
        if (done) {
            connection.release(loop.settings().upstreamIdleTimeout());
            return;
        }
        upstream = connection;
        connection.request(request.method(), target.uri()).onComplete(result -> {
            if (done || upstream != connection) {
                return;
            }
            if (result.succeeded()) {
                send(connection, result.result());
            } else {
                failed(connection, true);
            }
        });
    }

    private void send(Upstream connection, HttpClientRequest sending) {
        FieldCopy.toSandbox(request, target, upgrade, loop.settings().forwardedFields(), sending.headers());
        sending.exceptionHandler(error -> failed(connection, false));
        if (request.version() == HttpVersion.HTTP_1_1) {
            passInterim(sending);
        }
        sending.response().onComplete(result -> {
            if (result.succeeded()) {
                answered(connection, result.result());
            } else {
                failed(connection, false);
            }
        });
        if (upgrade) {
            upgradeTimer = loop.vertx().setTimer(loop.settings().upgradeTimeout().toMillis(), timer -> tooLate());
            sending.connect();
        } else {
            body.sendTo(sending);
        }
    }

    private void passInterim(HttpClientRequest sending) {
        if (request.headers().contains(HttpHeaders.EXPECT)) {
            sending.continueHandler(v -> {
                if (!done && !answer.isBegun()) {
                    request.response().writeContinue();
                }
            });
        }
        sending.earlyHintsHandler(hints -> {
            if (!done && !answer.isBegun()) {
                MultiMap fields = HttpHeaders.headers();
                FieldCopy.toClient(hints, fields);
                request.response().writeEarlyHints(fields);
            }
        });
    }

    private void answered(Upstream connection, HttpClientResponse inbound) {
        inbound.exceptionHandler(error -> failed(connection, false));
        if (done || upstream != connection) {
            return;
        }
        cancelUpgradeTimer();
        int status = inbound.statusCode();
        if (status == 101 && upgrade) {
            done = true;
            loop.metrics().finished(Outcome.UPGRADED);
            new Tunnel(loop, request, inbound, connection).open();
        } else if (status < 200) {
            refuse(Refusal.badAnswer(target.id(), target.port(),
                    "The sandbox switched protocols without being asked to"));
        } else {
            inbound.endHandler(v -> ended(connection, inbound));
            answer.stream(inbound, connection.wire(), body.isAwaitingContinue(), loop.context());
        }
    }

    private void ended(Upstream connection, HttpClientResponse inbound) {
        if (done || upstream != connection) {
            return;
        }
        done = true;
        loop.metrics().finished(Outcome.ANSWERED);
        body.hold();
        // reading may have been stopped for a client that was slow to take the last bytes
        connection.wire().startReads();
        if (!upgrade && body.isComplete() && KeepAlive.isPersistent(inbound)) {
            connection.release(KeepAlive.duration(inbound));
        } else {
            connection.discard();
        }
        giveBackTunnel();
        answer.end(inbound);
        if (!body.isComplete()) {
            body.discard(!body.isSkippable());
        }
    }

    /// The connection to the sandbox broke, or the request could not be sent over it.
    private void failed(Upstream connection, boolean unsent) {
        if (done || upstream != connection) {
            return;
        }
        boolean again = connection.isReused() && !retried && !answer.isBegun() && !body.isTouched()
                && (unsent || IDEMPOTENT.contains(request.method().name()));
        if (again) {
            retried = true;
            loop.metrics().retried();
            body.hold();
            upstream = null;
            connection.discard();
            loop.pools().lease(route, target.port(), true, this);
        } else if (answer.isBegun()) {
            abort(Abort.UPSTREAM_DIED);
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
        if (answer.isBegun()) {
            abort(Abort.ROUTE_GONE);
        } else {
            refuse(Refusal.notFound(target.id()));
        }
    }

    private void clientGone() {
        if (!done) {
            loop.metrics().aborted(Abort.CLIENT_GONE);
            loop.metrics().finished(Outcome.ABORTED);
            finish();
        }
    }

    private void abort(Abort reason) {
        loop.metrics().aborted(reason);
        loop.metrics().finished(Outcome.ABORTED);
        finish();
        answer.abort();
    }

    private void refuse(Refusal refusal) {
        loop.metrics().refused(refusal.reason());
        finish();
        answer.refuse(refusal, body, false);
    }

    /// Ends this exchange without a complete answer from the sandbox: its connection is of no more use.
    private void finish() {
        done = true;
        cancelUpgradeTimer();
        body.hold();
        Upstream connection = upstream;
        if (connection != null) {
            connection.discard();
        }
        giveBackTunnel();
    }

    private void cancelUpgradeTimer() {
        if (upgradeTimer >= 0) {
            loop.vertx().cancelTimer(upgradeTimer);
            upgradeTimer = -1;
        }
    }

    private void giveBackTunnel() {
        if (tunnelTaken) {
            tunnelTaken = false;
            loop.budget().giveBackTunnel();
        }
    }
}
