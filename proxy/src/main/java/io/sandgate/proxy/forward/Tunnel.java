package io.sandgate.proxy.forward;

import io.sandgate.proxy.forward.ForwardMetrics.Abort;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetSocket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An upgraded connection: bytes both ways, each as fast as the other side takes them, until both sides have ended.
///
/// Confined to the client's event loop. open -> one direction ended -> both ended -> closed; anything -> closed.
final class Tunnel {

    private final LoopResources loop;
    private final HttpServerRequest request;
    private final HttpClientResponse inbound;
    private final Upstream upstream;
    private final Wire clientWire;
    private @Nullable NetSocket client;
    private @Nullable NetSocket sandbox;
    private boolean clientEnded;
    private boolean sandboxEnded;
    private boolean closed;

    /// @param inbound the sandbox's answer, whose status is 101
    Tunnel(LoopResources loop, HttpServerRequest request, HttpClientResponse inbound, Upstream upstream) {
        this.loop = loop;
        this.request = request;
        this.inbound = inbound;
        this.upstream = upstream;
        this.clientWire = Wire.of(request.connection());
    }

    /// Whether a request asks for another protocol on its connection that may be tunnelled: any but HTTP/2, and without
    /// a body before it. Others are forwarded without the question, which a server may ignore anyway.
    static boolean isWanted(HttpServerRequest request, RequestBody body) {
        List<String> protocols = request.headers().getAll(HttpHeaders.UPGRADE);
        return !protocols.isEmpty() && request.method().equals(HttpMethod.GET)
                && request.version() == HttpVersion.HTTP_1_1
                && !body.isPresent() && !FieldRules.has(protocols, "h2c") && !FieldRules.has(protocols, "h2")
                && FieldRules.has(request.headers().getAll(HttpHeaders.CONNECTION), "upgrade");
    }

    /// Answers the client as the sandbox did, and joins the two.
    void open() {
        upstream.handTo(this::sandboxGone);
        // nothing that follows the sandbox's answer may be read before there is where to write it
        upstream.wire().stopReads();
        upstream.wire().onInputEnd(this::sandboxInputEnded);
        NetSocket sandbox = inbound.netSocket();
        HttpServerResponse response = request.response();
        FieldCopy.toClient(inbound.headers(), response.headers());
        response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
        response.putHeader(HttpHeaders.UPGRADE, String.join(", ", inbound.headers().getAll(HttpHeaders.UPGRADE)));
        request.toNetSocket().onComplete(result -> {
            if (closed) {
                return;
            }
            if (result.failed()) {
                close(Abort.CLIENT_GONE);
                return;
            }
            join(result.result(), sandbox);
        });
    }

    private void join(NetSocket client, NetSocket sandbox) {
        this.client = client;
        this.sandbox = sandbox;
        clientWire.onInputEnd(this::clientInputEnded);
        pump(client, clientWire, sandbox);
        pump(sandbox, upstream.wire(), client);
        client.exceptionHandler(error -> close(Abort.CLIENT_GONE));
        client.closeHandler(v -> close(Abort.CLIENT_GONE));
        sandbox.exceptionHandler(error -> close(Abort.UPSTREAM_DIED));
        sandbox.closeHandler(v -> close(Abort.UPSTREAM_DIED));
        upstream.wire().startReads();
    }

    private static void pump(NetSocket from, Wire fromWire, NetSocket to) {
        from.handler(chunk -> {
            to.write(chunk);
            if (to.writeQueueFull()) {
                fromWire.stopReads();
            }
        });
        to.drainHandler(v -> fromWire.startReads());
    }

    private void clientInputEnded() {
        clientEnded = true;
        endOutput(sandbox, upstream.wire());
    }

    private void sandboxInputEnded() {
        sandboxEnded = true;
        endOutput(client, clientWire);
    }

    /// Passes the end of one direction on after its last byte.
    private void endOutput(@Nullable NetSocket to, Wire toWire) {
        if (to == null || closed) {
            return;
        }
        to.write(Buffer.buffer()).onComplete(flushed -> {
            if (closed) {
                return;
            }
            if (clientEnded && sandboxEnded) {
                finish();
            } else {
                toWire.endOutput();
            }
        });
    }

    /// Closes both sides at once; the one that did not cause it sees an error.
    private void close(Abort reason) {
        if (closed) {
            return;
        }
        loop.metrics().aborted(reason);
        upstream.wire().reset();
        clientWire.reset();
        finish();
    }

    private void finish() {
        closed = true;
        upstream.discard();
        clientWire.close();
        loop.budget().giveBackTunnel();
    }

    private void sandboxGone() {
        close(Abort.ROUTE_GONE);
    }
}
